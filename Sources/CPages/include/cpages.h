#ifndef CPAGES_H
#define CPAGES_H

#include <stdint.h>

/// The bytes that each page of a database keeps for its checksum, at its end.
#define ODDPORT_CHECKSUM_BYTES 8

/// What page `number` (from 1) holds, reckoned from all bytes but the last eight.
///
/// FNV-1a over little-endian words of eight bytes, each folded. Each step is a bijection, so that a change
/// within one word always shows. `bytes` is the size of the page, a multiple of eight.
uint64_t oddport_page_checksum(const void *page, uint32_t bytes, uint64_t number);

/// The checksum that the page keeps, little-endian.
uint64_t oddport_kept_checksum(const void *page, uint32_t bytes);

/// Registers the file system "oddport" with SQLite: that of the system, but for databases whose header
/// reserves eight bytes of each page and whose user version is 1 or more. Of these each page gets its checksum
/// when it is written, and is compared with it when it is read: SQLITE_IOERR_DATA where they differ. A page
/// of zeros was never written.
///
/// Returns SQLite's result code.
int oddport_register_checked_pages(void);

#endif
