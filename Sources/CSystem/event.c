#include "csystem.h"

#include <sys/eventfd.h>

int csystem_event_new(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

void csystem_event_raise(int descriptor) { (void)eventfd_write(descriptor, 1); }

void csystem_event_clear(int descriptor) {
    eventfd_t count;
    (void)eventfd_read(descriptor, &count);
}
