/* Linked into every program by libcsan.so, the linker script: a reference that --as-needed sees. */
extern const char csan_runtime_present[];
__attribute__((used)) static const char *const keep = csan_runtime_present;
