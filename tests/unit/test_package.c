// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "headers/package.h"

static void assert_command(const char *os, const char *release, const char *want)
{
	char command[256];

	headers_package_for(os, release, command, sizeof(command));
	assert_string_equal(command, want);
}

static void test_distributions(void **state)
{
	(void)state;
	assert_command("PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nID=debian\n",
		       "6.1.0-18-amd64", "apt-get install linux-headers-6.1.0-18-amd64");
	assert_command("NAME=\"Linux Mint\"\nID=linuxmint\nID_LIKE=\"ubuntu debian\"\n",
		       "6.8.0-31-generic", "apt-get install linux-headers-6.8.0-31-generic");
	assert_command("ID=fedora\nVERSION_ID=40\n", "6.8.5-301.fc40.x86_64",
		       "dnf install kernel-devel-6.8.5-301.fc40.x86_64");
	assert_command("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"", "5.14.0-427.el9.x86_64",
		       "dnf install kernel-devel-5.14.0-427.el9.x86_64");
	assert_command("ID='opensuse-leap'\nID_LIKE='suse opensuse'\n", "6.4.0-150600.21-default",
		       "zypper install kernel-default-devel");
}

/* Their packages are named after a line of kernels, and have only its latest release. */
static void test_rolling(void **state)
{
	(void)state;
	assert_command("ID=arch\n", "6.9.1-arch1-1", "pacman -S linux-headers");
	assert_command("ID=arch\n", "6.6.31-1-lts", "pacman -S linux-lts-headers");
	assert_command("ID=manjaro\nID_LIKE=arch\n", "6.8.9-zen1-1-zen",
		       "pacman -S linux-zen-headers");
	assert_command("ID=alpine\n", "6.6.31-0-lts", "apk add linux-lts-dev");
	assert_command("ID=alpine\n", "6.6.31-0-virt", "apk add linux-virt-dev");
}

static void test_unknown(void **state)
{
	(void)state;
	assert_command("", "6.1.0", "apt-get install linux-headers-6.1.0");
	/* neither a name inside of another word, nor one of another variable's */
	assert_command("ID=archaic\nVARIANT_ID=fedora\n", "6.1.0",
		       "apt-get install linux-headers-6.1.0");
	assert_command("ID=\"fed", "6.1.0", "apt-get install linux-headers-6.1.0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_distributions),
		cmocka_unit_test(test_rolling),
		cmocka_unit_test(test_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
