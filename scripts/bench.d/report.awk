# SPDX-License-Identifier: GPL-2.0-only
#
# report.awk RAW MACHINE ROUNDS SWEEPS: tables of medians and their spread from the bench's raw numbers,
# then the bars. Exit status 1 if one of them is not met. A line of RAW: part, subject, case, name,
# value, separated by tabs.

BEGIN {
	FS = "\t"
	machine = ARGV[2]
	rounds = ARGV[3]
	sweeps = ARGV[4]
	ARGC = 2
	title["hotprobe-warm"] = "hotprobe, unchanged probe"
	title["hotprobe-btf"] = "hotprobe, edited, kernel BTF"
	title["hotprobe-pch"] = "hotprobe, edited, headers, precompiled"
	title["hotprobe-headers"] = "hotprobe, edited, headers, `--no-cache`"
	title["hotprobe"] = "hotprobe"
	title["bcc-python"] = "BCC's Python frontend"
	title["bcc-python-btf"] = "BCC's Python frontend, tree from BTF"
	title["bcc-python-default"] = "BCC's Python frontend, its own default"
	title["libbcc"] = "libbcc in a C program"
	title["libbcc-btf"] = "libbcc in a C program, tree from BTF"
	title["bpftrace"] = "bpftrace"
	title["bpftrace-new"] = "bpftrace of a newer release"
	title["execsnoop"] = "libbpf-tools' execsnoop, precompiled"
}

{
	key = $1 SUBSEP $2 SUBSEP $3 SUBSEP $4
	value[key, ++count[key]] = $5
	if (!(($1, $2) in known)) {
		known[$1, $2] = 1
		subject[$1, ++subjects[$1]] = $2
	}
	if (!(($1, $3) in case_known)) {
		case_known[$1, $3] = 1
		case_name[$1, ++cases[$1]] = $3
	}
}

# The values of a key in order, in the array sorted; how many.
function sort(part, who, which, name,    key, n, i, j, x) {
	key = part SUBSEP who SUBSEP which SUBSEP name
	n = count[key]
	for (i = 1; i <= n; i++) {
		x = value[key, i] + 0
		for (j = i - 1; j >= 1 && sorted[j] > x; j--)
			sorted[j + 1] = sorted[j]
		sorted[j + 1] = x
	}
	return n
}

function median(part, who, which, name,    n) {
	n = sort(part, who, which, name)
	if (!n)
		return ""
	return n % 2 ? sorted[(n + 1) / 2] : (sorted[n / 2] + sorted[n / 2 + 1]) / 2
}

function sum(part, who, which, name,    key, i, x) {
	key = part SUBSEP who SUBSEP which SUBSEP name
	for (i = 1; i <= count[key]; i++)
		x += value[key, i]
	return x + 0
}

# 1234567 as 1,234,567
function grouped(x,    text, out) {
	text = sprintf("%.0f", x)
	while (match(text, /^-?[0-9][0-9][0-9][0-9]/)) {
		out = "," substr(text, length(text) - 2) out
		text = substr(text, 1, length(text) - 3)
	}
	return text out
}

function short(x) {
	return x < 0 || x >= 99.5 ? grouped(x) : sprintf(x < 9.995 ? "%.2f" : "%.1f", x)
}

# "median (least to most)", all times @scale
function spread(part, who, which, name, scale,    n, m) {
	m = median(part, who, which, name)
	n = count[part, who, which, name]
	if (!n)
		return "-"
	return short(m * scale) " (" short(sorted[1] * scale) " to " short(sorted[n] * scale) ")"
}

function about(part, who, which, name, scale,    m) {
	m = median(part, who, which, name)
	return m == "" ? "-" : short(m * scale)
}

function table_start(    i, who) {
	print "| start to attached | ms | CPU ms | peak MB | MB while tracing | of that its own | program MB | with all it maps |"
	print "| --- | --- | --- | --- | --- | --- | --- | --- |"
	for (i = 1; i <= subjects["start"]; i++) {
		who = subject["start", i]
		printf "| %s | %s | %s | %s | %s | %s | %s | %s |\n", title[who],
			spread("start", who, "-", "attached_ms", 1), about("start", who, "-", "cpu_ms", 1),
			about("start", who, "-", "peak_kib", 1 / 1024), about("start", who, "-", "resident_kib", 1 / 1024),
			about("start", who, "-", "own_kib", 1 / 1024), about("start", who, "-", "exe_kib", 1 / 1024),
			about("start", who, "-", "mapped_kib", 1 / 1024)
	}
	print ""
}

function added(who, rate,    with, without) {
	with = median("cost", who, rate, "call_ns")
	without = median("cost", "none", rate, "call_ns")
	return with == "" || without == "" ? "-" : short((with - without) / 1000)
}

# The sent events a second of the highest step up to which nothing was lost in most sweeps: in one,
# anything else on the machine may have held up the reader.
function lossless(who,    i, rate, best) {
	best = ""
	for (i = 1; i <= cases["loss"]; i++) {
		rate = case_name["loss", i]
		if (!count["loss", who, rate, "lost"])
			continue
		if (median("loss", who, rate, "lost") > 0)
			return best == "" ? "less than " grouped(median("loss", who, rate, "sent_rate")) : grouped(best)
		best = median("loss", who, rate, "sent_rate")
	}
	return best == "" ? "-" : "all, " grouped(best)
}

function table_events(    i, who) {
	print "| events | 1000/s to JSON | 1000/s to a table | us added to a call at 5000/s | at full speed | events/s without loss | sent at full speed | printed | lost | said to be lost |"
	print "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
	for (i = 1; i <= nr_rows; i++) {
		who = rows[i]
		printf "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", title[who],
			spread("events", who, "json", "rate", 1 / 1000), spread("events", who, "table", "rate", 1 / 1000),
			added(who, 5000), added(who, 0), lossless(who), whole(who, "sent"), whole(who, "printed"),
			whole(who, "lost"), whole(who, "said")
	}
	print ""
}

function whole(who, name) {
	return count["loss", who, 0, name] ? grouped(sum("loss", who, 0, name)) : "-"
}

function row(who) {
	if (who != "none" && !(who in row_known)) {
		row_known[who] = 1
		rows[++nr_rows] = who
	}
}

# A bar: what was measured, as a ratio or a number; met when it is at most (or with "at least") the limit
function bar(what, got, how, limit, unit,    met) {
	if (got == "") {
		print "| " what " | " how " " short(limit) unit " | not measured | |"
		return
	}
	met = how == "at least" ? got >= limit : got <= limit
	missed += !met
	print "| " what " | " how " " limit unit " | " short(got) unit " | " (met ? "met" : "**not met**") " |"
}

function ratio(a, b) {
	return a == "" || b == "" || a == 0 ? "" : b / a
}

function start_ms(who) {
	return median("start", who, "-", "attached_ms")
}

# All runs of hotprobe in which what it printed and what it said to have lost is not what was sent
function unaccounted(    p, part, i, r, rate, key, bad, n) {
	for (p = 1; p <= 2; p++) {
		part = p == 1 ? "loss" : "half"
		for (r = 1; r <= cases[part]; r++) {
			rate = case_name[part, r]
			key = part SUBSEP "hotprobe" SUBSEP rate SUBSEP
			for (i = 1; i <= count[key "sent"]; i++) {
				n++
				bad += value[key "sent", i] != value[key "printed", i] + value[key "said", i] ||
					value[key "again", i] != 0
			}
		}
	}
	return n ? bad + 0 : ""
}

function bars(    half, mb) {
	print "| bar | wanted | measured | |"
	print "| --- | --- | --- | --- |"
	bar("unchanged probe, start to attached", start_ms("hotprobe-warm"), "at most", 5, " ms")
	bar("the same, times faster than BCC's Python frontend", ratio(start_ms("hotprobe-warm"), start_ms("bcc-python")), "at least", 200, "")
	mb = median("start", "hotprobe-warm", "-", "resident_kib")
	bar("memory while tracing", mb == "" ? "" : mb / 1024, "at most", 4, " MB")
	bar("after an edit, kernel BTF, times faster than BCC's Python frontend with headers", ratio(start_ms("hotprobe-btf"), start_ms("bcc-python")), "at least", 8, "")
	bar("the same, BCC's Python frontend with the tree from BTF", ratio(start_ms("hotprobe-btf"), start_ms("bcc-python-btf")), "at least", 8, "")
	bar("after an edit, headers, precompiled, times faster than BCC's Python frontend", ratio(start_ms("hotprobe-pch"), start_ms("bcc-python")), "at least", 4, "")
	bar("events to JSON, times BCC's Python frontend's", ratio(median("events", "bcc-python", "json", "rate"), median("events", "hotprobe", "json", "rate")), "at least", 10, "")
	half = cases["half"] ? case_name["half", 1] : ""
	bar("events lost where BCC's Python frontend loses " (half == "" ? "half" : sprintf("%.0f %%", 100 * sum("half", "bcc-python", half, "lost") / (sum("half", "bcc-python", half, "sent") + 1e-9)) \
		" of " (half == 0 ? "those at full speed" : grouped(half) "/s")),
		half == "" || !count["half", "hotprobe", half, "lost"] ? "" : sum("half", "hotprobe", half, "lost"), "at most", 0, "")
	bar("runs in which printed + lost was not what was sent", unaccounted(), "at most", 0, "")
	print ""
}

END {
	for (i = 1; i <= subjects["events"]; i++)
		row(subject["events", i])
	for (i = 1; i <= subjects["cost"]; i++)
		row(subject["cost", i])
	for (i = 1; i <= subjects["loss"]; i++)
		row(subject["loss", i])
	if (subjects["start"])
		table_start()
	if (nr_rows)
		table_events()
	bars()
	print "Medians of " rounds " rounds in turns, the least and the most in brackets; what was lost at full speed is the sum of " sweeps " sweeps. Buffers are of 256 KB a CPU,"
	print "but for the default of BCC's Python frontend."
	print ""
	while ((getline line < machine) > 0)
		print line
	exit missed > 0
}
