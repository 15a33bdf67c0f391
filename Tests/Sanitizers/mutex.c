/* ThreadSanitizer sees the quick way through Swift's Mutex, which is compiled into the library, but not the slow one, inside of the
   uninstrumented libswiftSynchronization: each lock that was waited for would be a race. Loaded first, this stands in front of the
   slow way and says what it does. It suppresses nothing. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *self
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

void __tsan_acquire(void *address);
void __tsan_release(void *address);

SWIFT void lock_slow(uint32_t thread, SELF) __asm__(LOCK);
SWIFT void unlock_slow(SELF) __asm__(UNLOCK);

typedef SWIFT void locker(uint32_t thread, SELF);
typedef SWIFT void unlocker(SELF);

static locker *real_lock;
static unlocker *real_unlock;

__attribute__((constructor)) static void find(void) {
    real_lock = (locker *)dlsym(RTLD_NEXT, LOCK);
    real_unlock = (unlocker *)dlsym(RTLD_NEXT, UNLOCK);
}

SWIFT void lock_slow(uint32_t thread, SELF) {
    real_lock(thread, self);
    __tsan_acquire(self);
}

SWIFT void unlock_slow(SELF) {
    __tsan_release(self);
    real_unlock(self);
}
