// What the build knows of itself.
#pragma once

// The commit that this executable was built from, with "-dirty" appended if the work tree had changes;
// "unknown commit" where the build did not say.
const char *build_commit(void);
