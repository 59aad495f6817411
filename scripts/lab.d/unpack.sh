# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Packages of another Debian release, unpacked and not installed.

# unpack SUITE FOLDER PACKAGE...: what the packages have comes to lie in FOLDER, without what they
# depend on, unless FOLDER is there. All that was said is in FOLDER.log.
#
# apt has folders of its own for it, and so knows this one suite only.
unpack() (
	dir=$2 new=$2.new suite=$1
	shift 2
	[[ ! -d $dir ]] || return 0
	mkdir -p "$(dirname "$dir")"
	exec 9>"$dir.lock"
	flock 9
	[[ ! -d $dir ]] || return 0
	rm -rf "$new"
	mkdir -p "$new"/apt/{lists,cache}/partial "$new/root"
	# mirror is image.sh's, which wants to know where it may work
	# shellcheck disable=SC2034
	guest=6.1
	# shellcheck source=scripts/lab.d/image.sh
	. "$(dirname "${BASH_SOURCE[0]}")/image.sh"
	echo "deb $(mirror Debian) $suite main" >"$new/apt/sources"
	: >"$new/apt/status"
	# A mirror of a testing release may be a frozen one, whose signature is good and whose date is
	# past.
	apt=(apt-get -q -o "Dir::Etc::sourcelist=$new/apt/sources" -o Dir::Etc::sourceparts=/dev/null
		-o "Dir::State=$new/apt" -o "Dir::State::status=$new/apt/status"
		-o "Dir::Cache=$new/apt/cache" -o APT::Sandbox::User=root
		-o Acquire::Languages=none -o Acquire::Check-Valid-Until=false)
	{
		"${apt[@]}" update &&
			cd "$new/apt" &&
			"${apt[@]}" download "$@" &&
			for deb in *.deb; do
				dpkg-deb -x "$deb" "$new/root" || return 1
			done
	} >"$dir.log" 2>&1 </dev/null || return 1
	mv "$new/root" "$dir"
	rm -rf "$new"
)
