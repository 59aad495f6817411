// SPDX-License-Identifier: GPL-2.0-only
/* Names that numbers have in the kernel's interface. */
#include <signal.h>
#include <string.h>
#include <sys/socket.h>

#include "decode/names.h"
#include "util/fmt.h"

#define FIRST_REALTIME 34
#define LAST_SIGNAL    64
#define FAMILY(name)   [AF_##name] = "AF_" #name

char *name_signal(char *p, int64_t number)
{
	const char *name = NULL;

	if (number > 0 && number < FIRST_REALTIME)
		name = sigabbrev_np((int)number);
	if (name)
		return fmt_str(fmt_str(p, "SIG"), name);
	if (number < FIRST_REALTIME || number > LAST_SIGNAL)
		return fmt_i64(p, number);
	p = fmt_str(p, "SIGRTMIN");
	if (number == FIRST_REALTIME)
		return p;
	*p++ = '+';
	return fmt_i64(p, number - FIRST_REALTIME);
}

char *name_family(char *p, int64_t number)
{
	static const char *const names[] = {
		FAMILY(UNSPEC),	    FAMILY(UNIX),      FAMILY(INET),	 FAMILY(AX25),
		FAMILY(IPX),	    FAMILY(APPLETALK), FAMILY(NETROM),	 FAMILY(BRIDGE),
		FAMILY(ATMPVC),	    FAMILY(X25),       FAMILY(INET6),	 FAMILY(ROSE),
		FAMILY(DECnet),	    FAMILY(NETBEUI),   FAMILY(SECURITY), FAMILY(KEY),
		FAMILY(NETLINK),    FAMILY(PACKET),    FAMILY(ASH),	 FAMILY(ECONET),
		FAMILY(ATMSVC),	    FAMILY(RDS),       FAMILY(SNA),	 FAMILY(IRDA),
		FAMILY(PPPOX),	    FAMILY(WANPIPE),   FAMILY(LLC),	 FAMILY(IB),
		FAMILY(MPLS),	    FAMILY(CAN),       FAMILY(TIPC),	 FAMILY(BLUETOOTH),
		FAMILY(IUCV),	    FAMILY(RXRPC),     FAMILY(ISDN),	 FAMILY(PHONET),
		FAMILY(IEEE802154), FAMILY(CAIF),      FAMILY(ALG),	 FAMILY(NFC),
		FAMILY(VSOCK),	    FAMILY(KCM),       FAMILY(QIPCRTR),	 FAMILY(SMC),
		FAMILY(XDP),	    FAMILY(MCTP),
	};

	if (number < 0 || number >= (int64_t)(sizeof(names) / sizeof(names[0])) || !names[number])
		return fmt_i64(p, number);
	return fmt_str(p, names[number]);
}
