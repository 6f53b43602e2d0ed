// An empty data file for the ICU inside Foundation, in place of its own 34 MB.
//
// oddport uses no locale, calendar or formatter (STYLE: no locale may reach a report), but GRDB imports
// Foundation, and the linker cannot tell that ICU's data are never asked for. ICU provides for exactly this:
// its "stubdata" library has the same content (icu4c/source/stubdata/stubdata.cpp). What needs the data
// then fails as if they were not installed. `make test-static` runs every end-to-end test against a binary
// that is linked so.
//
// The Makefile passes the symbol's name (icudt76_dat, say) as ICU_DATA: its number is the toolchain's.
#include <stdint.h>

struct icu_data {
  uint16_t header_size;
  uint8_t magic[2];
  uint16_t info_size;
  uint16_t reserved_word;
  uint8_t is_big_endian;
  uint8_t charset_family;
  uint8_t size_of_uchar;
  uint8_t reserved_byte;
  uint8_t format[4];
  uint8_t format_version[4];
  uint8_t data_version[4];
  uint8_t padding[8];
  uint32_t entry_count;
  uint32_t reserved;
};

__attribute__((visibility("hidden"), aligned(16))) const struct icu_data ICU_DATA = {
    .header_size = 32,
    .magic = {0xda, 0x27},
    .info_size = 20,
    .is_big_endian = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__,
    .size_of_uchar = 2,
    .format = {'T', 'o', 'C', 'P'},
    .format_version = {1},
};
