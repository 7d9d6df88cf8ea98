/* SPDX-License-Identifier: Apache-2.0 */
/* Functions in ELF files, made and real ones, and in what runtimes write for perf. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "actions/elf.h"
#include "actions/maps.h"
#include "actions/perfmap.h"
#include "elf_kit.h"
#include "util/cleanup.h"

static struct eu_symbols answer;

static int file_of(const void *bytes, size_t len)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), len);
	return fd;
}

static const char *name_of(size_t i)
{
	static char name[EU_RESOLVE_TEXT_SIZE];
	const struct eu_named *named = &answer.named[i];

	snprintf(name, sizeof(name), "%.*s", (int)named->len, answer.names + named->name);
	return name;
}

static void check_answer(size_t n)
{
	assert_true(eu_symbols_valid(&answer, eu_symbols_size(&answer), n));
}

#define FUNC(name, value, size)                                                                    \
	{                                                                                          \
		name, value, size, STT_FUNC, STB_LOCAL                                             \
	}
#define BOUND(name, value, bind)                                                                   \
	{                                                                                          \
		name, value, 0x10, STT_FUNC, bind                                                  \
	}

static const struct kit_symbol symbols[] = {
    FUNC("outer", 0x100, 0x100),
    FUNC("inner", 0x140, 0x20),
    {"data", 0x80, 0x200, STT_OBJECT, STB_GLOBAL},
    BOUND("own", 0x20, STB_LOCAL),
    BOUND("known", 0x20, STB_GLOBAL),
    BOUND("weak", 0x20, STB_WEAK),
    {"assembly", 0x300, 0, STT_FUNC, STB_GLOBAL},
    {"picked", 0x340, 8, STT_GNU_IFUNC, STB_GLOBAL},
    FUNC("first", 0, 0x10),
};

static const struct {
	uint64_t offset; /* in .text */
	const char *name;
	uint64_t into;
} expected[] = {
    {0, "first", 0},
    {0xf, "first", 0xf},
    {0x10, "", 0},
    {0x20, "known", 0},
    {0x90, "", 0},
    {0x100, "outer", 0},
    {0x13f, "outer", 0x3f},
    {0x140, "inner", 0},
    {0x15f, "inner", 0x1f},
    {0x160, "outer", 0x60},
    {0x1ff, "outer", 0xff},
    {0x200, "", 0},
    {0x2ff, "", 0},
    {0x300, "assembly", 0},
    {0x33f, "assembly", 0x3f},
    {0x347, "picked", 7},
    {0x348, "", 0},
    {0x400, "", 0},
    {0xffffffffffff0000u, "", 0},
};
#define N_EXPECTED (sizeof(expected) / sizeof(expected[0]))

static void find_functions_of_both_classes(void **state)
{
	static uint8_t bytes[KIT_ELF_MAX];
	uint64_t at[N_EXPECTED];

	(void)state;
	for (size_t i = 0; i < N_EXPECTED; i++)
		at[i] = KIT_ELF_TEXT + expected[i].offset;
	for (int bits = 32; bits <= 64; bits += 32) {
		size_t len = kit_elf(bytes, bits, symbols, sizeof(symbols) / sizeof(symbols[0]));
		EU_CLEANUP(eu_closep) int fd = file_of(bytes, len);

		assert_int_equal(eu_elf_symbols(fd, at, N_EXPECTED, &answer), 0);
		check_answer(N_EXPECTED);
		for (size_t i = 0; i < N_EXPECTED; i++) {
			assert_string_equal(name_of(i), expected[i].name);
			assert_int_equal(answer.named[i].offset, expected[i].into);
		}
	}
}

static void refuse_what_is_no_elf(void **state)
{
	static const char *const texts[] = {"", "\177EL",
					    "MZ this is a program of another system "
					    "and long enough to have a whole header",
					    "\177ELF\002\002"
					    "0123456789012345678901234567890123456789012345678901"};
	const uint64_t at[] = {1};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		EU_CLEANUP(eu_closep) int fd = file_of(texts[i], strlen(texts[i]));

		assert_int_equal(eu_elf_symbols(fd, at, 1, &answer), -EBADMSG);
	}
}

/* Whatever is cut off or broken, the answer stays one. */
static void survive_damaged_files(void **state)
{
	static uint8_t bytes[KIT_ELF_MAX];
	const uint64_t at[] = {KIT_ELF_TEXT + 0x140, KIT_ELF_TEXT + 0x300};
	size_t len = kit_elf(bytes, 64, symbols, sizeof(symbols) / sizeof(symbols[0]));

	(void)state;
	for (size_t i = 0; i < len; i += 7) {
		EU_CLEANUP(eu_closep) int cut = file_of(bytes, i);
		EU_CLEANUP(eu_closep) int broken = -1;
		uint8_t was = bytes[i];

		if (eu_elf_symbols(cut, at, 2, &answer) == 0)
			check_answer(2);
		bytes[i] = 0xff;
		broken = file_of(bytes, len);
		bytes[i] = was;
		if (eu_elf_symbols(broken, at, 2, &answer) == 0)
			check_answer(2);
	}
}

/* Where the file behind an address of this process has it. */
static int offset_of(const void *address, char *path, size_t size, uint64_t *ret)
{
	EU_CLEANUP(eu_fclosep) FILE *f = fopen("/proc/self/maps", "re");
	static struct eu_mapping m;
	static char line[8192];

	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		assert_true(eu_maps_parse(line, strlen(line) - 1, &m));
		if ((uintptr_t)address < m.start || (uintptr_t)address >= m.end)
			continue;
		assert_true(eu_mapping_is_file(&m));
		snprintf(path, size, "%s", m.path);
		*ret = (uintptr_t)address - m.start + m.offset;
		return open(path, O_RDONLY | O_CLOEXEC);
	}
	return -1;
}

static void find_function_of_this_program(void **state)
{
	char path[4096];
	uint64_t at = 0;
	EU_CLEANUP(eu_closep)
	int fd = offset_of((const char *)(uintptr_t)check_answer + 4, path, sizeof(path), &at);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(eu_elf_symbols(fd, &at, 1, &answer), 0);
	assert_string_equal(name_of(0), "check_answer");
	assert_int_equal(answer.named[0].offset, 4);
}

/* Only .dynsym is left in it. */
static void find_function_of_stripped_library(void **state)
{
	char path[4096];
	uint64_t at = 0;
	EU_CLEANUP(eu_closep)
	int fd = offset_of((const char *)dlsym(RTLD_NEXT, "getenv"), path, sizeof(path), &at);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(eu_elf_symbols(fd, &at, 1, &answer), 0);
	assert_non_null(strstr(name_of(0), "getenv"));
	assert_int_equal(answer.named[0].offset, 0);
}

static void find_nothing_in_stripped_program(void **state)
{
	char path[4096], copy[] = "/tmp/eunomia-symbols-XXXXXX";
	uint64_t at = 0;
	EU_CLEANUP(eu_closep)
	int fd = offset_of((const void *)(uintptr_t)check_answer, path, sizeof(path), &at);
	EU_CLEANUP(eu_closep) int stripped = mkstemp(copy);
	pid_t pid = fork();
	int status = -1;

	(void)state;
	assert_true(fd >= 0);
	if (pid == 0) {
		execlp("strip", "strip", "-o", copy, path, (char *)NULL);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	stripped = eu_close(stripped);
	stripped = open(copy, O_RDONLY | O_CLOEXEC);
	unlink(copy);
	assert_int_equal(status, 0);
	assert_int_equal(eu_elf_symbols(stripped, &at, 1, &answer), 0);
	assert_int_equal(answer.named[0].len, 0);
	assert_int_equal(answer.named[0].offset, 0);
}

static void take_last_line_of_perf_map(void **state)
{
	static const char map[] = "1000 100 old name\n"
				  "1080 10 inner\n"
				  "this is none\n"
				  "0x2000 0x20 [Dynamic] with 0x\n"
				  "1000 80 new(int) [Tier1]\n"
				  "3000 ffffffffffffffff \n"
				  "3000 zz x\n"
				  "4000 10 unfinished";
	static const uint64_t at[] = {0xfff,  0x1000, 0x107f, 0x1080, 0x1090,
				      0x1100, 0x201f, 0x2020, 0x3000, 0x4000};
	static const char *const names[] = {"",
					    "new(int) [Tier1]",
					    "new(int) [Tier1]",
					    "inner",
					    "old name",
					    "",
					    "[Dynamic] with 0x",
					    "",
					    "",
					    ""};
	EU_CLEANUP(eu_closep) int fd = file_of(map, strlen(map));
	const size_t n = sizeof(at) / sizeof(at[0]);

	(void)state;
	assert_int_equal(eu_perf_map_symbols(fd, at, n, &answer), 0);
	check_answer(n);
	for (size_t i = 0; i < n; i++)
		assert_string_equal(name_of(i), names[i]);
	assert_int_equal(answer.named[2].offset, 0x7f);
	assert_int_equal(answer.named[4].offset, 0x90);
}

/* A line longer than the buffer, then lines across its border. */
static void read_perf_map_in_pieces(void **state)
{
	const size_t size = 4u << 20;
	EU_CLEANUP(eu_freep) char *map = malloc(size);
	const uint64_t at[] = {0x10, 0x12345670, 0x12349990};
	EU_CLEANUP(eu_closep) int fd = -1;
	size_t len = 0;

	(void)state;
	len += (size_t)sprintf(map, "10 1 ");
	memset(map + len, 'x', 200000);
	len += 200000;
	map[len++] = '\n';
	for (unsigned int i = 0; i < 2000; i++)
		len += (size_t)sprintf(map + len, "%x 10 function_%0*u\n", 0x12345670 + i * 16,
				       (int)(i % 700 + 1), i);
	fd = file_of(map, len);
	assert_int_equal(eu_perf_map_symbols(fd, at, 3, &answer), 0);
	assert_int_equal(answer.named[0].len, 0);
	assert_string_equal(name_of(1), "function_0");
	assert_non_null(strstr(name_of(2), "1074"));
}

/* More names than there is room for, and one that is no UTF-8. */
static void leave_out_what_does_not_fit(void **state)
{
	const size_t size = 2u << 20;
	EU_CLEANUP(eu_freep) char *map = malloc(size);
	EU_CLEANUP(eu_closep) int fd = -1;
	uint64_t at[EU_RESOLVE_MAX];
	size_t len = 0, known = 0;

	(void)state;
	for (unsigned int i = 0; i < EU_RESOLVE_MAX; i++) {
		at[i] = i;
		len += (size_t)sprintf(map + len, "%x 1 %s%02000u\n", i, i ? "" : "a\xff", i);
	}
	fd = file_of(map, len);
	assert_int_equal(eu_perf_map_symbols(fd, at, EU_RESOLVE_MAX, &answer), 0);
	check_answer(EU_RESOLVE_MAX);
	assert_string_equal(name_of(0), "a");
	for (size_t i = 1; i < EU_RESOLVE_MAX; i++) {
		known += answer.named[i].len > 0;
		assert_true(!answer.named[i].len ||
			    answer.named[i].len == EU_RESOLVE_TEXT_SIZE - 1);
	}
	assert_int_equal(known, EU_SYMBOL_NAMES_SIZE / (EU_RESOLVE_TEXT_SIZE - 1));
}

static void refuse_impossible_answers(void **state)
{
	(void)state;
	eu_symbols_init(&answer, 2);
	assert_true(eu_symbols_valid(&answer, eu_symbols_size(&answer), 2));
	assert_false(eu_symbols_valid(&answer, eu_symbols_size(&answer), 3));
	assert_false(eu_symbols_valid(&answer, eu_symbols_size(&answer) - 1, 2));
	assert_false(eu_symbols_valid(&answer, 4, 2));
	memcpy(answer.names, "a\xff\0b", 4);
	answer.names_len = 4;
	answer.named[1] = (struct eu_named){.name = 0, .len = 1};
	assert_true(eu_symbols_valid(&answer, eu_symbols_size(&answer), 2));
	answer.named[1] = (struct eu_named){.name = 0, .len = 2};
	assert_false(eu_symbols_valid(&answer, eu_symbols_size(&answer), 2));
	answer.named[1] = (struct eu_named){.name = 2, .len = 2};
	assert_false(eu_symbols_valid(&answer, eu_symbols_size(&answer), 2));
	answer.named[1] = (struct eu_named){.name = 3, .len = 2};
	assert_false(eu_symbols_valid(&answer, eu_symbols_size(&answer), 2));
	answer.named[1] = (struct eu_named){.name = 5, .len = UINT32_MAX};
	assert_false(eu_symbols_valid(&answer, eu_symbols_size(&answer), 2));
}

static void parse_mappings(void **state)
{
	static const struct {
		const char *line, *path;
		bool is_map, is_file, is_anonymous;
	} cases[] = {
	    {"55d-55f r-xp 0000002000 08:01 77 /usr/bin/a b", "/usr/bin/a b", true, true, false},
	    {"55d-55f rwxp 00000000 00:00 0 ", "", true, false, true},
	    {"55d-55f rwxp 00000000 00:00 0          [anon:v8]", "[anon:v8]", true, false, true},
	    {"55d-55f r-xp 00000000 00:01 9 /memfd:doublemapper (deleted)",
	     "/memfd:doublemapper (deleted)", true, false, true},
	    {"55d-55f r-xp 00000000 08:01 9 /lib/x.so (deleted)", "/lib/x.so (deleted)", true,
	     false, false},
	    {"55d-55f r-xp 00000000 00:00 0 [vdso]", "[vdso]", true, false, false},
	    {"55f-55f r-xp 00000000 00:00 0 ", "", false, false, false},
	    {"fffffffffffffffff-1 r-xp 00000000 00:00 0 ", "", false, false, false},
	    {"55d-55f r-xp", "", false, false, false},
	    {"-55f r-xp 00000000 00:00 0 ", "", false, false, false},
	    {"", "", false, false, false},
	};
	static struct eu_mapping m;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(eu_maps_parse(cases[i].line, strlen(cases[i].line), &m),
				 cases[i].is_map);
		if (!cases[i].is_map)
			continue;
		assert_int_equal(m.start, 0x55d);
		assert_int_equal(m.end, 0x55f);
		assert_string_equal(m.path, cases[i].path);
		assert_int_equal(eu_mapping_is_file(&m), cases[i].is_file);
		assert_int_equal(eu_mapping_is_anonymous(&m), cases[i].is_anonymous);
	}
	assert_int_equal(eu_mapping_path_len("/lib/x.so (deleted)"), strlen("/lib/x.so"));
	assert_int_equal(eu_mapping_path_len("/lib/x.so"), strlen("/lib/x.so"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(find_functions_of_both_classes),
	    cmocka_unit_test(refuse_what_is_no_elf),
	    cmocka_unit_test(survive_damaged_files),
	    cmocka_unit_test(find_function_of_this_program),
	    cmocka_unit_test(find_function_of_stripped_library),
	    cmocka_unit_test(find_nothing_in_stripped_program),
	    cmocka_unit_test(take_last_line_of_perf_map),
	    cmocka_unit_test(read_perf_map_in_pieces),
	    cmocka_unit_test(leave_out_what_does_not_fit),
	    cmocka_unit_test(refuse_impossible_answers),
	    cmocka_unit_test(parse_mappings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
