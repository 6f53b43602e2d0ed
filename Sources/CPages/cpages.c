// A shim between SQLite and the file system, as its documentation describes them (https://sqlite.org/vfs.html);
// cksumvfs.c of its sources does the same with sums that a page of zeros, or one in another's place, passes.
#include "cpages.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <string.h>

static uint64_t little_endian(const unsigned char *bytes) {
  uint64_t word = 0;
  for (int i = 0; i < 8; i++) word |= (uint64_t)bytes[i] << (8 * i);
  return word;
}

uint64_t oddport_page_checksum(const void *page, uint32_t bytes, uint64_t number) {
  const unsigned char *at = page;
  uint64_t hash = 0xcbf29ce484222325 ^ number;
  for (uint32_t i = 0; i + 8 < bytes; i += 8) {
    hash = (hash ^ little_endian(at + i)) * 0x9e3779b97f4a7c15;
    hash ^= hash >> 32;
  }
  return hash;
}

uint64_t oddport_kept_checksum(const void *page, uint32_t bytes) {
  return little_endian((const unsigned char *)page + bytes - ODDPORT_CHECKSUM_BYTES);
}

typedef struct {
  sqlite3_file base;
  /// Whether its pages have checksums, as far as its header has been seen.
  bool is_checked;
} CheckedFile;

/// The system's own file follows.
static sqlite3_file *original(sqlite3_file *file) { return (sqlite3_file *)((CheckedFile *)file + 1); }

static void look_at_header(CheckedFile *file, const unsigned char *bytes, int count, sqlite3_int64 offset) {
  if (offset != 0 || count < 100 || memcmp(bytes, "SQLite format 3", 16) != 0) return;
  bool has_version = bytes[60] || bytes[61] || bytes[62] || bytes[63];
  file->is_checked = bytes[20] == ODDPORT_CHECKSUM_BYTES && has_version;
}

/// SQLite reads and writes the pages of a database whole, and of its header less than 512 bytes.
static bool is_page(int count, sqlite3_int64 offset) {
  return count >= 512 && (count & (count - 1)) == 0 && offset % count == 0;
}

static bool is_unwritten(const unsigned char *page, int count) {
  return page[0] == 0 && memcmp(page, page + 1, (size_t)count - 1) == 0;
}

static int checked_read(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset) {
  CheckedFile *self = (CheckedFile *)file;
  int code = original(file)->pMethods->xRead(original(file), bytes, count, offset);
  if (code != SQLITE_OK) return code;
  look_at_header(self, bytes, count, offset);
  if (!self->is_checked || !is_page(count, offset)) return SQLITE_OK;
  uint64_t number = (uint64_t)(offset / count) + 1;
  if (oddport_page_checksum(bytes, (uint32_t)count, number) == oddport_kept_checksum(bytes, (uint32_t)count)
      || is_unwritten(bytes, count)) {
    return SQLITE_OK;
  }
  return SQLITE_IOERR_DATA;
}

static int checked_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset) {
  CheckedFile *self = (CheckedFile *)file;
  look_at_header(self, bytes, count, offset);
  if (self->is_checked && is_page(count, offset)) {
    uint64_t sum = oddport_page_checksum(bytes, (uint32_t)count, (uint64_t)(offset / count) + 1);
    // The page is in a buffer of SQLite's pager or of its log; nobody else looks at what is reserved.
    unsigned char *kept = (unsigned char *)bytes + count - ODDPORT_CHECKSUM_BYTES;
    for (int i = 0; i < ODDPORT_CHECKSUM_BYTES; i++) kept[i] = (unsigned char)(sum >> (8 * i));
  }
  return original(file)->pMethods->xWrite(original(file), bytes, count, offset);
}

static int checked_close(sqlite3_file *f) { return original(f)->pMethods->xClose(original(f)); }
static int checked_truncate(sqlite3_file *f, sqlite3_int64 size) {
  return original(f)->pMethods->xTruncate(original(f), size);
}
static int checked_sync(sqlite3_file *f, int flags) { return original(f)->pMethods->xSync(original(f), flags); }
static int checked_size(sqlite3_file *f, sqlite3_int64 *size) {
  return original(f)->pMethods->xFileSize(original(f), size);
}
static int checked_lock(sqlite3_file *f, int lock) { return original(f)->pMethods->xLock(original(f), lock); }
static int checked_unlock(sqlite3_file *f, int lock) { return original(f)->pMethods->xUnlock(original(f), lock); }
static int checked_reserved(sqlite3_file *f, int *is_reserved) {
  return original(f)->pMethods->xCheckReservedLock(original(f), is_reserved);
}
static int checked_control(sqlite3_file *f, int what, void *argument) {
  return original(f)->pMethods->xFileControl(original(f), what, argument);
}
static int checked_sector(sqlite3_file *f) { return original(f)->pMethods->xSectorSize(original(f)); }
static int checked_device(sqlite3_file *f) { return original(f)->pMethods->xDeviceCharacteristics(original(f)); }
static int checked_map(sqlite3_file *f, int region, int bytes, int extends, void volatile **place) {
  return original(f)->pMethods->xShmMap(original(f), region, bytes, extends, place);
}
static int checked_shared_lock(sqlite3_file *f, int offset, int count, int flags) {
  return original(f)->pMethods->xShmLock(original(f), offset, count, flags);
}
static void checked_barrier(sqlite3_file *f) { original(f)->pMethods->xShmBarrier(original(f)); }
static int checked_unmap(sqlite3_file *f, int deletes) {
  return original(f)->pMethods->xShmUnmap(original(f), deletes);
}

/// Version 2: without xFetch, so that no page is mapped past the check.
static const sqlite3_io_methods checked_methods = {
  2, checked_close, checked_read, checked_write, checked_truncate, checked_sync, checked_size,
  checked_lock, checked_unlock, checked_reserved, checked_control, checked_sector, checked_device,
  checked_map, checked_shared_lock, checked_barrier, checked_unmap, 0, 0,
};

static sqlite3_vfs *system_files;

static int checked_open(
    sqlite3_vfs *files, const char *name, sqlite3_file *file, int flags, int *flags_out) {
  (void)files;
  if (!(flags & SQLITE_OPEN_MAIN_DB)) return system_files->xOpen(system_files, name, file, flags, flags_out);
  CheckedFile *self = (CheckedFile *)file;
  self->is_checked = false;
  self->base.pMethods = 0;
  int code = system_files->xOpen(system_files, name, original(file), flags, flags_out);
  if (code == SQLITE_OK) self->base.pMethods = &checked_methods;
  return code;
}

int oddport_register_checked_pages(void) {
  static sqlite3_vfs checked_files;
  if (sqlite3_vfs_find("oddport")) return SQLITE_OK;
  system_files = sqlite3_vfs_find(0);
  if (!system_files) return SQLITE_NOTFOUND;
  checked_files = *system_files;
  checked_files.pNext = 0;
  checked_files.zName = "oddport";
  checked_files.szOsFile += (int)sizeof(CheckedFile);
  checked_files.xOpen = checked_open;
  return sqlite3_vfs_register(&checked_files, 0);
}
