# SPDX-License-Identifier: GPL-2.0-only
# The lowest rate at which BCC's Python frontend lost half of the events, over all sweeps; a rate of 0,
# at full speed, is the highest. Nothing, when there is none.
BEGIN { FS = "\t" }
$1 == "loss" && $2 == "bcc-python" && $4 == "sent" { sent[$3] += $5 }
$1 == "loss" && $2 == "bcc-python" && $4 == "lost" { lost[$3] += $5 }
END {
	for (rate in sent) {
		order = rate == 0 ? 1e12 : rate + 0
		if (lost[rate] * 2 >= sent[rate] && (best == "" || order < best)) {
			best = order
			answer = rate
		}
	}
	if (best != "")
		print answer
}
