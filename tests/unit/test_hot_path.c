// SPDX-License-Identifier: GPL-2.0-only
/* Printing an event allocates nothing, whatever it holds. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "events.h"

/* sanitizer/allocator_interface.h, which gcc does not install everywhere */
int __sanitizer_install_malloc_and_free_hooks(void (*on_malloc)(const volatile void *, size_t),
					      void (*on_free)(const volatile void *));

#define WARM_UP 2000
#define EVENTS	100000

struct event {
	uint64_t time;
	int64_t offset;
	uint64_t duration;
	uint32_t pid;
	uint32_t addr;
	int32_t ret;
	uint32_t flags;
	int32_t sig;
	uint16_t family;
	uint16_t port;
	char comm[16];
	struct {
		uint32_t size;
		char data[64];
	} path, args, said, dumped;
	struct value_endpoint peer;
	int32_t fd;
	unsigned char bytes[16];
	unsigned char addr6[16];
	uint32_t array[4];
	uint8_t yes;
};

static void event_schema(struct schema *schema)
{
	struct schema_field *array;

	set_schema(schema, "events", sizeof(struct event));
	FIELD(schema, struct event, time, "time_ns_t", FIELD_UINT);
	FIELD(schema, struct event, offset, "s64", FIELD_INT);
	FIELD(schema, struct event, duration, "duration_ns_t", FIELD_UINT);
	FIELD(schema, struct event, pid, "u32", FIELD_UINT);
	FIELD(schema, struct event, addr, "ipv4_t", FIELD_UINT);
	FIELD(schema, struct event, ret, "errno_t", FIELD_INT);
	FIELD(schema, struct event, flags, "hex_t", FIELD_UINT);
	FIELD(schema, struct event, sig, "signal_t", FIELD_INT);
	FIELD(schema, struct event, family, "family_t", FIELD_UINT);
	FIELD(schema, struct event, port, "port_t", FIELD_UINT);
	FIELD(schema, struct event, comm, "char", FIELD_TEXT);
	SIZED(schema, struct event, path, "char", FIELD_TEXT);
	SIZED(schema, struct event, args, "char", FIELD_ARGV);
	FIELD(schema, struct event, bytes, "u8", FIELD_BYTES);
	FIELD(schema, struct event, addr6, "inet_t", FIELD_BYTES);
	array = FIELD(schema, struct event, array, "u32", FIELD_ARRAY);
	array->elem_size = 4;
	FIELD(schema, struct event, yes, "bool", FIELD_BOOL);
	FIELD(schema, struct event, peer, "endpoint_t", FIELD_BYTES);
	FIELD(schema, struct event, fd, "fd_t", FIELD_INT);
	SIZED(schema, struct event, said, "payload_t", FIELD_BYTES);
	SIZED(schema, struct event, dumped, "hexdump_t", FIELD_BYTES);
}

/* Random numbers of all lengths, text that needs escaping and quoting or not, sizes that are cut or
 * say that reading failed, and times that move on by up to a second. */
static void event_random(struct event *event)
{
	static uint64_t time = 1;
	unsigned char *raw = (unsigned char *)event;
	const uint32_t sizes[] = { 5, 64, 64 | SCHEMA_SIZE_CUT, 1000, (uint32_t)-14, 0 };

	for (size_t i = 0; i < sizeof(*event); i++)
		raw[i] = (unsigned char)(lrand48() & (lrand48() % 2 ? 0x7f : 0xff));
	time += (uint64_t)lrand48() % 1000000000;
	event->time = time;
	event->offset >>= lrand48() % 64;
	event->duration >>= lrand48() % 64;
	event->ret = (int32_t) - (lrand48() % 200);
	event->sig = (int32_t)(lrand48() % 70);
	event->family %= 50;
	event->path.size = sizes[lrand48() % 6];
	event->args.size = sizes[lrand48() % 6];
	event->said.size = sizes[lrand48() % 6];
	event->dumped.size = sizes[lrand48() % 6];
	event->peer.family = (uint16_t)(lrand48() % 12);
	if (lrand48() % 2) {
		memset(event->path.data, 'a', sizeof(event->path.data));
		memset(event->args.data, 'a', sizeof(event->args.data));
		memset(event->said.data, 'a', sizeof(event->said.data));
	}
}

/* volatile: the compiler knows that malloc() changes no variables of ours */
static volatile unsigned long allocations;

static void count_malloc(const volatile void *data, size_t size)
{
	(void)data;
	(void)size;
	allocations++;
}

static void count_free(const volatile void *data)
{
	(void)data;
}

static void print_events(struct sink *sink, struct output *out, int nr)
{
	struct event event;

	for (int i = 0; i < nr; i++) {
		event_random(&event);
		assert_int_equal(output_event(out, &event, sizeof(event), event.time), 0);
	}
	assert_int_equal(sink_flush(sink), 0);
}

static void test_no_allocation(void **state)
{
	const enum output_kind formats[] = { OUTPUT_TABLE, OUTPUT_JSON, OUTPUT_CSV, OUTPUT_LINE };
	struct schema schema;
	int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	char *volatile probe;

	(void)state;
	assert_true(fd >= 0);
	event_schema(&schema);
	allocations = 0;
	probe = malloc(1);
	free(probe);
	/* else the counting would not be seen to fail */
	assert_int_equal(allocations, 1);
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		struct output_options opt = { .format = formats[i],
					      .form = "{comm} {bytes} {said} {offset}",
					      .wall_time = true };
		struct sink sink;
		struct output *out;

		sink_init(&sink, fd);
		out = new_output(&sink, &schema, &opt);
		/* buffers grow to the size that they need, once */
		print_events(&sink, out, WARM_UP);
		allocations = 0;
		print_events(&sink, out, EVENTS);
		assert_int_equal(allocations, 0);
		output_free(out);
		sink_free(&sink);
	}
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_allocation),
	};

	/* before anything is allocated that would be counted */
	if (!__sanitizer_install_malloc_and_free_hooks(count_malloc, count_free))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
