"""Prints events_reference.h: the bytes that TensorBoard's own writer makes of the events of
events_test.c. Needs tensorboard (2.21 made the stored file); nothing at build or run time does.

    python3 events_reference.py >events_reference.h
"""
import io

from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter

SCALARS = [
    ("loss/train", 7, 0.6931471805599453),
    ("loss/validation", 7, 0.25),
    ("accuracy", 0, 0.0),
    ("a", 127, -0.0),
    ("a", 128, 1e-40),
    ("précision/é", 1 << 40, float("inf")),
    ("n" * 200, -1, float("-inf")),
    ("b", 16384, -3.4028234663852886e38),
]


def clock():
    """The times of the test: from 1700000000.25 on, half a second apart."""
    time = 1700000000.25
    while True:
        yield time
        time += 0.5


def main():
    stream, times = io.BytesIO(), clock()
    next(times)  # the time in the file's name
    writer = RecordWriter(stream)
    events = [
        Event(wall_time=next(times), file_version="brain.Event:2"),
        Event(wall_time=next(times), step=7,
              session_log=SessionLog(status=SessionLog.START)),
    ]
    for tag, step, value in SCALARS:
        scalar = Summary.Value(tag=tag, simple_value=value)
        events.append(Event(wall_time=next(times), step=step, summary=Summary(value=[scalar])))
    for event in events:
        writer.write(event.SerializeToString())
    print("// events_reference.h - made by events_reference.py.\n")
    print("static const unsigned char reference[] = {")
    data = stream.getvalue()
    for i in range(0, len(data), 16):
        print("    " + ", ".join(f"0x{byte:02x}" for byte in data[i:i + 16]) + ",")
    print("};")


main()
