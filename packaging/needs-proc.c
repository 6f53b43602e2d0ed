// Ends a static executable with a sentence where /proc is not mounted: in a bare chroot.
//
// Swift's runtime and libdispatch read their own path, the command line and the states of threads there, and
// without it they abort without saying why. Containers, systemd and every distribution mount it. Constructors
// with a priority run before those of the runtime.
#include <string.h>
#include <unistd.h>

enum { os_error = 71 };  // EX_OSERR of sysexits.h.

__attribute__((constructor(101))) static void require_proc(void) {
  if (access("/proc/self/exe", F_OK) == 0) return;
  static const char text[] =
      "oddport: error: /proc is not mounted\n"
      "  hint: mount -t proc proc /proc (or, from outside of a chroot, ROOT/proc)\n";
  // Where this fails there is nowhere left to say so.
  const ssize_t written = write(STDERR_FILENO, text, strlen(text));
  (void)written;
  _exit(os_error);
}
