#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""frontend.py start|events json|table PAGES PROBE.c: the probe as a tool of BCC's would run it"""
import json
import re
import signal
import sys

from bcc import BPF

kind, form, pages, probe = sys.argv[1:]
with open(probe, encoding="utf-8") as f:
    text = f.read()
# What hotprobe makes of its own line, without the counting.
text = re.sub(
    r"^EVENTS\((\w+), (.*)\);$",
    r"BPF_PERF_OUTPUT(\1);"
    r" static inline int \1_emit(void *ctx, \2 *e)"
    r" { return \1.perf_submit(ctx, e, sizeof(*e)); }",
    text,
    flags=re.M,
)
b = BPF(text=text)
out = sys.stdout
lost = 0
stopped = False


def start_json(cpu, data, size):
    e = b["events"].event(data)
    print(
        json.dumps(
            {
                "pid": e.pid,
                "uid": e.uid,
                "ret": e.ret,
                "comm": e.comm.decode("utf-8", "replace"),
                "file": e.file.decode("utf-8", "replace"),
            }
        )
    )
    out.flush()


def events_json(cpu, data, size):
    e = b["events"].event(data)
    print(
        json.dumps(
            {
                "time": e.time,
                "pid": e.pid,
                "tid": e.tid,
                "uid": e.uid,
                "comm": e.comm.decode("utf-8", "replace"),
                "number": e.number,
            }
        )
    )


def events_table(cpu, data, size):
    e = b["events"].event(data)
    print(
        "%-16d %-7d %-7d %-7d %-16s %d"
        % (e.time, e.pid, e.tid, e.uid, e.comm.decode("utf-8", "replace"), e.number)
    )


def count_lost(n):
    global lost
    lost += n


def stop(signum, frame):
    # An exception would be swallowed when it comes in one of the callbacks.
    global stopped
    stopped = True


signal.signal(signal.SIGINT, stop)
b["events"].open_perf_buffer(
    globals()[kind + "_" + form], page_cnt=int(pages), lost_cb=count_lost
)
while not stopped:
    b.perf_buffer_poll(timeout=100)
b.perf_buffer_poll(timeout=0)
out.flush()
print("%d lost" % lost, file=sys.stderr)
