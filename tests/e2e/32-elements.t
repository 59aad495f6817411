#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Elements of arrays behind pointers. The same is done with the libbcc of other releases.
. "$(dirname "$0")/../lab/elements.t"
