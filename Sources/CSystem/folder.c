#define _GNU_SOURCE
#include "csystem.h"

#include <fcntl.h>

int csystem_open_folder(const char *path) { return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC); }
