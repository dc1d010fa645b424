"""Writes the files of this folder: texts in many scripts, tokenizers that the package tokenizers
(0.23.3) trained on them, and what it makes of each text.

    python3 make.py

* texts.txt      1,000 texts, each followed by the bytes 1e 0a
* gpt2.json      trained with the pieces of GPT-2 to 1,200 ids
* llama3.json    trained with those of Llama 3 to 600 ids, with ignore_merges, special and other
                 added tokens, and merges as lists
* prefix.json    300 ids, with add_prefix_space and merges as strings; its added tokens take white
                 space
* qwen2.json     400 ids, each digit alone
* merges.txt     the merges of training to 900 ids on all texts, joined by line breaks
* checksums.txt  for each text the CRC-32 of the ids (as i32) of these four, in this order, in
                 hexadecimal
"""

import json
import os
import random
import struct
import zlib

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

HERE = os.path.dirname(os.path.abspath(__file__))
END = "\x1e\n"
LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
          r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
QWEN2 = LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")

# Words that sentences are made of: some for each language.
WORDS = [
    "the river a green boat we don't know why it's late they've seen I'd go you'll see she's here",
    "der Fluß über Brücken große Häuser Mädchen fährt süß öfter Äpfel nicht weil",
    "le garçon où déjà l'été naïve cœur français élève août s'il vous plaît",
    "el niño mañana también corazón ¿dónde? ¡aquí! güero años señor",
    "zażółć gęślą jaźń łódka źdźbło příliš žluťoučký kůň ďábelské tűrő İstanbul ışık çağ",
    "η θάλασσα είναι μπλε και ο ουρανός ήλιος καλημέρα ψυχή ξένος",
    "река течёт через город быстро дом съешь ещё булок мягких їжак ґанок љубав",
    "النهر طويل والسماء زرقاء كتاب مدرسة ١٢٣ شَمْسٌ لا",
    "הנהר ארוך והשמיים כחולים שלום ספר בְּרֵאשִׁית",
    "नदी लंबी है और आकाश नीला हिन्दी क्षेत्र विद्यालय १२३",
    "แม่น้ำ ยาว และ ท้องฟ้า สีฟ้า ภาษาไทย ๑๒๓",
    "河流很长 天空是蓝色的 我喜欢读书 汉字 學校 一二三",
    "川は長い 空は青い カタカナ ひらがな 日本語の文章 です。",
    "강은 길다 하늘은 푸르다 한국어 학교 가나다",
    "নদী দীর্ঘ தமிழ் மொழி తెలుగు ಕನ್ನಡ മലയാളം ქართული Հայերեն አማርኛ ខ្មែរ မြန်မာ བོད",
    "😀 👍🏽 👩‍👩‍👧‍👦 🏳️‍🌈 🇩🇪 ❤️ ☃ ✈️ 1️⃣ 🤷🏻‍♂️",
    "if (x[i] == 0) { return -1; } // comment for i in range(10): print(f\"{i:03d}\") <br/> &amp; a->b",
    "3.14159 1,000,000 2024-02-29 12:34:56 0xFF 1e-9 50% ½ ² Ⅷ ① 零 ٣ 007 +49 30 123456",
]
SPACES = [" ", " ", " ", " ", " ", "  ", "\t", "\n", "\n\n", " \n", "\r\n", "\u00a0", "\u3000",
          "\u2009", "   ", "\u200b", " \t ", "\x0b", "\x85", "\u2028", ""]
ENDS = [".", "!", "?", "...", "", "", " ", "\n", "।", "。", "؟", "…", "  ", "\t\n", ";", "'s", "'S", "'LL"]
RANGES = [(0x21, 0x7F), (0xA0, 0x250), (0x300, 0x370), (0x370, 0x530), (0x530, 0x700),
          (0x900, 0xE00), (0x1000, 0x1400), (0x1E00, 0x2000), (0x2000, 0x2C00), (0x3000, 0x3200),
          (0xA000, 0xAC00), (0xF900, 0x10000), (0x10000, 0x11000), (0x1D400, 0x1D800),
          (0x1F300, 0x1FB00), (0x20000, 0x20100), (0x1C80, 0x1C90), (0x10D40, 0x10D50),
          (0xE0100, 0xE01F0), (0x9, 0x21), (0x17F, 0x180)]


def make_texts():
    chance = random.Random(7)
    texts = ["", " ", "  ", "\n", "'", "'s", "'ſx", "'ſ", "it'ſ", "a'", "\r\n\r\n x", "<s>", " <s> x",
             "<|end|><|end|>", "x <mask>\n\t y", "<mask><mask>", "new york", "hello world<|end|>",
             "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "ab" * 40, " " * 70, "\n" * 9 + " " * 5, "1" * 50,
             "The quick brown fox jumps over the lazy dog.", "'ll'll've'VE've", "don't DON'T Don'T",
             "\u2003\u2003x", "x\u2003\u2003", "x \n \n y", "?!\r\n\r\n?!", "\ta\tb", "\u00a0a", "a<s>b", "die Straße größer",
             "x New york new york"]
    while len(texts) < 1000:
        parts = []
        if chance.random() < 0.12:
            low, high = chance.choice(RANGES)
            parts = [chr(chance.randrange(low, high)) + chance.choice(["", "", " ", "a", "1"])
                     for _ in range(chance.randrange(2, 16))]
        else:
            words = chance.choice(WORDS).split(" ")
            others = chance.choice(WORDS).split(" ")
            for _ in range(chance.randrange(2, 10)):
                word = chance.choice(words if chance.random() < 0.8 else others)
                word = word.upper() if chance.random() < 0.05 else word
                parts += [word, chance.choice(SPACES) if chance.random() < 0.3 else " "]
            parts[-1] = chance.choice(ENDS)
        text = "".join(c for c in "".join(parts) if not 0xD800 <= ord(c) < 0xE000 and c != "\x1e")
        texts.append(text)
    return texts


def split(expression):
    return pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(expression), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def train(texts, size, pieces, ignore_merges=False):
    tokenizer = Tokenizer(models.BPE(ignore_merges=ignore_merges))
    tokenizer.pre_tokenizer = pieces
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=size, show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(["\n".join(texts)], trainer)
    return tokenizer


def save(name, tokenizer, as_strings=False):
    content = json.loads(tokenizer.to_str())
    if as_strings:
        content["model"]["merges"] = [" ".join(m) for m in content["model"]["merges"]]
    with open(os.path.join(HERE, name), "w") as file:
        json.dump(content, file, ensure_ascii=False, separators=(",", ":"))
        file.write("\n")
    return Tokenizer.from_file(os.path.join(HERE, name))


def main():
    texts = make_texts()
    with open(os.path.join(HERE, "texts.txt"), "w", newline="") as file:
        file.write("".join(text + END for text in texts))
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False)
    gpt2 = save("gpt2.json", train(texts, 1200, byte_level))
    llama3 = train(texts, 600, split(LLAMA3), ignore_merges=True)
    llama3.add_special_tokens(["<|end|>", "<|endless|>", "<s>"])
    llama3.add_tokens([AddedToken("new york", normalized=True), AddedToken("  ", normalized=False),
                       AddedToken("Straße"), AddedToken("größe", normalized=False)])
    llama3 = save("llama3.json", llama3)
    prefix = train(texts, 300, pre_tokenizers.ByteLevel(add_prefix_space=True))
    prefix.add_special_tokens([AddedToken("<mask>", lstrip=True), AddedToken("<s>", rstrip=True)])
    prefix = save("prefix.json", prefix, as_strings=True)
    qwen2 = save("qwen2.json", train(texts, 400, split(QWEN2)))
    whole = json.loads(train(texts, 900, byte_level).to_str())
    with open(os.path.join(HERE, "merges.txt"), "w") as file:
        file.write("".join(" ".join(m) + "\n" for m in whole["model"]["merges"]))
    with open(os.path.join(HERE, "checksums.txt"), "w") as file:
        for text in texts:
            sums = []
            for tokenizer in (gpt2, llama3, prefix, qwen2):
                ids = tokenizer.encode(text, add_special_tokens=False).ids
                sums.append(f"{zlib.crc32(struct.pack(f'<{len(ids)}i', *ids)):08x}")
            file.write(" ".join(sums) + "\n")


if __name__ == "__main__":
    main()
