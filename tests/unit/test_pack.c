// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>

#include "object/request.h"
#include "packet.h"

#define KIND 7

static void test_round_trip(void **state)
{
	struct buf buf = {};
	struct unpack in;
	struct piece piece;
	const char *why = "unset";
	char bytes[17];

	(void)state;
	memset(bytes, 0xa5, sizeof(bytes));
	pack_begin(&buf, KIND);
	pack_text(&buf, 1, "text");
	for (uint32_t len = 0; len <= sizeof(bytes); len++)
		pack_piece(&buf, 100 + len, bytes, len);
	pack_end(&buf);
	assert_false(buf.failed);
	assert_int_equal(buf.len % 8, 0);
	assert_memory_equal(buf.data, "hotprobe", 8);

	assert_int_equal(unpack_begin(&in, buf.data, buf.len, KIND, &why), 0);
	assert_int_equal(unpack_next(&in, &piece), 1);
	assert_int_equal(piece.tag, 1);
	assert_string_equal(piece_text(&piece), "text");
	for (uint32_t len = 0; len <= sizeof(bytes); len++) {
		assert_int_equal(unpack_next(&in, &piece), 1);
		assert_int_equal(piece.tag, 100 + len);
		assert_int_equal(piece.len, len);
		assert_int_equal((uintptr_t)piece.data % 8, 0);
		assert_memory_equal(piece.data, bytes, len);
	}
	assert_int_equal(unpack_next(&in, &piece), 0);
	assert_int_equal(unpack_next(&in, &piece), 0);
	buf_free(&buf);
}

static void test_empty(void **state)
{
	struct buf buf = {};
	struct unpack in;
	struct piece piece;
	const char *why;

	(void)state;
	pack_begin(&buf, KIND);
	pack_end(&buf);
	assert_int_equal(buf.len, PACK_HEADER_SIZE);
	assert_int_equal(unpack_begin(&in, buf.data, buf.len, KIND, &why), 0);
	assert_int_equal(unpack_next(&in, &piece), 0);
	buf_free(&buf);
}

static void expect_refused(const void *data, size_t len, uint32_t kind, const char *expected)
{
	char *copy = packet_copy(data, len);
	const char *why = NULL;
	struct unpack in;

	assert_int_equal(unpack_begin(&in, copy, len, kind, &why), -EBADMSG);
	assert_non_null(why);
	if (expected)
		assert_non_null(strstr(why, expected));
	free(copy);
}

static void test_every_byte_counts(void **state)
{
	struct buf buf = {};

	(void)state;
	pack_begin(&buf, KIND);
	pack_text(&buf, 1, "a text");
	pack_piece(&buf, 2, "\0\1\2", 3);
	pack_end(&buf);
	for (size_t i = 0; i < buf.len; i++)
		for (int bit = 0; bit < 8; bit++) {
			buf.data[i] ^= (char)(1 << bit);
			expect_refused(buf.data, buf.len, KIND, NULL);
			buf.data[i] ^= (char)(1 << bit);
		}
	for (size_t len = 0; len < buf.len; len++)
		expect_refused(buf.data, len, KIND, NULL);
	buf_char(&buf, '\0');
	expect_refused(buf.data, buf.len, KIND, "length");
	buf_free(&buf);
}

static void test_reasons(void **state)
{
	struct buf buf = {};

	(void)state;
	pack_begin(&buf, KIND);
	pack_text(&buf, 1, "a text");
	pack_end(&buf);
	expect_refused(buf.data, 0, KIND, "shorter than its header");
	expect_refused(buf.data, buf.len, KIND + 1, "another kind");
	expect_refused(buf.data, buf.len - 8, KIND, "length");
	buf.data[buf.len - 1] ^= 1;
	expect_refused(buf.data, buf.len, KIND, "checksum");
	buf.data[8]++;
	expect_refused(buf.data, buf.len, KIND, "another version");
	buf.data[0] = 'H';
	expect_refused(buf.data, buf.len, KIND, "mark");
	buf_free(&buf);
}

/* pieces that say they are longer than the packet, with a seal that is right */
static void test_overrunning_pieces(void **state)
{
	static const uint32_t lengths[] = { 9,		16,	    17,		0x7fffffff,
					    0x80000000, 0xfffffff8, 0xfffffff9, 0xffffffff };

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct buf buf = {};
		struct unpack in;
		struct piece piece;
		const char *why;
		char *copy;

		pack_begin(&buf, KIND);
		pack_piece(&buf, 1, "12345678", 8);
		memcpy(buf.data + PACK_HEADER_SIZE + 4, &lengths[i], 4);
		packet_reseal(&buf);
		copy = packet_copy(buf.data, buf.len);
		assert_int_equal(unpack_begin(&in, copy, buf.len, KIND, &why), 0);
		assert_int_equal(unpack_next(&in, &piece), -EBADMSG);
		free(copy);
		buf_free(&buf);
	}
	/* half a piece's head at the end */
	for (size_t extra = 1; extra < 8; extra++) {
		struct buf buf = {};
		struct unpack in;
		struct piece piece;
		const char *why;

		pack_begin(&buf, KIND);
		buf_add(&buf, "\0\0\0\0\0\0\0", extra);
		packet_reseal(&buf);
		assert_int_equal(unpack_begin(&in, buf.data, buf.len, KIND, &why), 0);
		assert_int_equal(unpack_next(&in, &piece), -EBADMSG);
		buf_free(&buf);
	}
}

static void test_text_ends_once(void **state)
{
	const struct piece none = { .len = 0, .data = "" };
	const struct piece open = { .len = 3, .data = "abc" };
	const struct piece inner = { .len = 4, .data = "a\0b" };
	const struct piece twice = { .len = 3, .data = "a\0" };
	const struct piece empty = { .len = 1, .data = "" };

	(void)state;
	assert_null(piece_text(&none));
	assert_null(piece_text(&open));
	assert_null(piece_text(&inner));
	assert_null(piece_text(&twice));
	assert_string_equal(piece_text(&empty), "");
}

/* ---- requests ------------------------------------------------------------------------------ */

static void fill_request(struct request *req)
{
	memset(req, 0, sizeof(*req));
	req->text = "int x;\n";
	req->release = "6.18.0";
	req->header_kind = HEADERS_BTF;
	req->header_path = "/sys/kernel/btf/vmlinux";
	req->work_dir = "/tmp/x";
	req->flags[0] = "-DA";
	req->flags[1] = "-DB=1";
	req->nr_flags = 2;
	req->formats[0].event = "sched/sched_switch";
	req->formats[0].format = "name: sched_switch\n";
	req->nr_formats = 1;
}

static void test_request_round_trip(void **state)
{
	struct request req, again;
	struct buf buf = {};
	const char *why;

	(void)state;
	fill_request(&req);
	assert_int_equal(request_write(&buf, &req), 0);
	assert_int_equal(request_read(&again, buf.data, buf.len, &why), 0);
	assert_string_equal(again.text, req.text);
	assert_string_equal(again.release, req.release);
	assert_int_equal(again.header_kind, HEADERS_BTF);
	assert_string_equal(again.header_path, req.header_path);
	assert_string_equal(again.work_dir, req.work_dir);
	assert_int_equal(again.nr_flags, 2);
	assert_string_equal(again.flags[1], "-DB=1");
	assert_int_equal(again.nr_formats, 1);
	assert_string_equal(again.formats[0].event, "sched/sched_switch");
	assert_string_equal(again.formats[0].format, "name: sched_switch\n");
	buf_free(&buf);
}

static void expect_request_refused(const struct request *req)
{
	struct request again;
	struct buf buf = {};
	const char *why = NULL;

	assert_int_equal(request_write(&buf, req), 0);
	assert_int_equal(request_read(&again, buf.data, buf.len, &why), -EBADMSG);
	assert_non_null(why);
	buf_free(&buf);
}

static void test_request_incomplete(void **state)
{
	struct request req, again;
	struct buf buf = {};
	const char *why;

	(void)state;
	fill_request(&req);
	req.header_path = NULL;
	expect_request_refused(&req);
	fill_request(&req);
	req.work_dir = NULL;
	expect_request_refused(&req);
	for (uint32_t kind = 0; kind < 6; kind++) {
		fill_request(&req);
		req.header_kind = kind;
		if (kind < HEADERS_MODULES || kind > HEADERS_BTF)
			expect_request_refused(&req);
	}
	fill_request(&req);
	req.header_kind = HEADERS_MODULES;
	req.header_path = NULL;
	assert_int_equal(request_write(&buf, &req), 0);
	assert_int_equal(request_read(&again, buf.data, buf.len, &why), 0);
	buf_free(&buf);

	pack_begin(&buf, PACK_REQUEST);
	pack_end(&buf);
	assert_int_equal(request_read(&again, buf.data, buf.len, &why), -EBADMSG);
	assert_non_null(strstr(why, "incomplete"));
	buf_free(&buf);
}

/* Whatever single bit of the payload changes while the seal is made right: no crash. */
static void test_request_sealed_nonsense(void **state)
{
	struct request req, again;
	struct buf buf = {};
	const char *why;
	int refused = 0;

	(void)state;
	fill_request(&req);
	assert_int_equal(request_write(&buf, &req), 0);
	for (size_t i = PACK_HEADER_SIZE; i < buf.len; i++)
		for (int bit = 0; bit < 8; bit++) {
			char *copy;

			buf.data[i] ^= (char)(1 << bit);
			packet_reseal(&buf);
			copy = packet_copy(buf.data, buf.len);
			why = NULL;
			if (request_read(&again, copy, buf.len, &why)) {
				assert_non_null(why);
				refused++;
			} else {
				assert_non_null(again.text);
				assert_true(again.nr_formats == 0 || again.formats[0].format);
			}
			free(copy);
			buf.data[i] ^= (char)(1 << bit);
		}
	assert_true(refused > 100);
	buf_free(&buf);
}

/* more flags and formats than a request holds; a format without its event */
static void test_request_too_many(void **state)
{
	struct request again;
	struct buf buf = {};
	const char *why;
	uint32_t kind = HEADERS_MODULES;

	(void)state;
	for (uint32_t tag = 6; tag <= 8; tag++)
		for (int limit = 0; limit < 2; limit++) {
			uint32_t nr = tag == 6 ? REQUEST_FLAGS_MAX : REQUEST_FORMATS_MAX;
			int expected = limit ? -EBADMSG : 0;

			pack_begin(&buf, PACK_REQUEST);
			pack_text(&buf, 1, "");
			pack_text(&buf, 2, "1");
			pack_piece(&buf, 3, &kind, sizeof(kind));
			pack_text(&buf, 5, "/tmp/x");
			for (uint32_t i = 0; i < nr + (uint32_t)limit; i++) {
				pack_text(&buf, tag, "x");
				if (tag == 7)
					pack_text(&buf, 8, "y");
			}
			pack_end(&buf);
			/* the text alone belongs to no event */
			if (tag == 8)
				expected = -EBADMSG;
			assert_int_equal(request_read(&again, buf.data, buf.len, &why), expected);
			buf_free(&buf);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_every_byte_counts),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_overrunning_pieces),
		cmocka_unit_test(test_text_ends_once),
		cmocka_unit_test(test_request_round_trip),
		cmocka_unit_test(test_request_incomplete),
		cmocka_unit_test(test_request_sealed_nonsense),
		cmocka_unit_test(test_request_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
