/* Linked into every program by libcsan.so, the linker script: a reference that --as-needed sees and
 * --gc-sections leaves alone. */
#ifndef __has_attribute
#define __has_attribute(x) 0
#endif
#if __has_attribute(retain)
#define KEEP __attribute__((used, retain))
#else
#define KEEP __attribute__((used))
#endif

extern const char csan_runtime_present[];
KEEP static const char *const keep = csan_runtime_present;
