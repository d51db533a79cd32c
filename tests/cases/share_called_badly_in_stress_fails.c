/* The same with share=stress. */
// flags: -Wno-nonnull
// env: CSAN_SHARE=stress
// findings: 10
// expect: csan: FAIL: 10 findings \(2 unreleased, 8 pool\) in
#include "share_called_badly_fails.c"
