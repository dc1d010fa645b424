"""Draws scores of three classes for 200 examples, and prints what scikit-learn makes of them."""

import numpy as np
from sklearn import metrics

random = np.random.default_rng(0)
label = random.choice(3, 200, p=[0.5, 0.3, 0.2])
# Rounded, so that some scores are equal.
scores = np.round(random.normal(size=(200, 3)) * 1.5 + 1.8 * np.eye(3)[label], 1)
table = np.column_stack([scores, label])
np.savetxt("scores.csv", table, "%.1f,%.1f,%.1f,%d", header="a,b,c,label", comments="")

guess = scores.argmax(1)
chances = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
print("accuracy", metrics.accuracy_score(label, guess))
print("top 2", metrics.top_k_accuracy_score(label, scores, k=2))
for name in ["macro", "weighted", "micro"]:
    print(name, metrics.precision_recall_fscore_support(label, guess, average=name)[:3])
print("confusion", metrics.confusion_matrix(label, guess).tolist())
print("log loss", metrics.log_loss(label, chances))
areas = [metrics.roc_auc_score(label == i, scores[:, i]) for i in range(3)]
print("AUC", np.mean(areas), areas)
first = label == 0
print("AUC of a", metrics.roc_auc_score(first, scores[:, 0]))
print("average precision of a", metrics.average_precision_score(first, scores[:, 0]))
print("kappa", metrics.cohen_kappa_score(label, guess))
print("correlation", metrics.matthews_corrcoef(label, guess))
print("Brier", ((chances - np.eye(3)[label]) ** 2).sum(1).mean())
