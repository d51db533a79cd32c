/* The walkers against each other, glibc's backtrace and libunwind, on stacks of every shape. */
#include "record/cfi.h"
#include "record/module.h"
#include "record/thread.h"
#include "record/unwind_frame.h"
#include "tests/unit/fixtures/build.h"
#include "tests/unit/suite.h"

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>

#define FRAMES 256

struct stack_case {
    const char *name;
    void (*run)(void);
};

int main(void);

static struct {
    unsigned compared, deepest;
    const char *what; /* which comparison failed first; NULL: none */
    int frame;
    uintptr_t ours, theirs;
    int (*libunwind)(void **, int);
} seen;

static void differ(const char *what, int frame, uintptr_t ours, uintptr_t theirs)
{
    if (seen.what)
        return;
    seen.what = what;
    seen.frame = frame;
    seen.ours = ours;
    seen.theirs = theirs;
}

/* Others give an interrupted pc as it is, csan adds 1. */
static bool is_alike(const uintptr_t *ours, const uintptr_t *theirs, int i)
{
    return ours[i] == theirs[i] ||
           (i > 0 && ours[i] == theirs[i] + 1 && csan__unwind_is_restorer(ours[i - 1]));
}

static void compare_with(const char *what, const uintptr_t *ours, uint32_t n, void **theirs, int m)
{
    while (m > 0 && (uintptr_t)theirs[0] != ours[0]) {
        theirs++;
        m--;
    }
    while (m > 0 && theirs[m - 1] == NULL) /* libunwind: beyond the outermost */
        m--;
    for (int i = 0; i < m && i < (int)n; i++)
        if (!is_alike(ours, (uintptr_t *)theirs, i))
            differ(what, i, ours[i], (uintptr_t)theirs[i]);
    if ((int)n != m)
        differ(what, -1, n, (uintptr_t)m);
}

static void compare_walks(const char *what, const uintptr_t *ours, const struct walk *a,
                          const uintptr_t *theirs, const struct walk *b)
{
    for (uint32_t i = 0; i < a->depth && i < b->depth; i++)
        if (ours[i] != theirs[i])
            differ(what, (int)i, ours[i], theirs[i]);
    if (a->depth != b->depth || a->hash != b->hash || a->truncated != b->truncated)
        differ(what, -1, a->depth, b->depth);
}

static struct stack_bounds bounds(void)
{
    struct thread *t = csan__thread_get();
    csan__thread_learn_stack(t);
    return (struct stack_bounds){t->stack_lo, t->stack_hi};
}

static struct walk walk_full(const struct regs *at, const struct stack_bounds *in, uintptr_t *pcs)
{
    struct full_regs here;
    bool exact = false;
    csan__unwind_here(&here);
    while (here.r[CFI_RSP] != at->sp)
        if (csan__unwind_step(&here, &exact, in, NULL) != 0)
            return (struct walk){.depth = 0};
    return csan__unwind_full(&here, exact, in, pcs, FRAMES);
}

/* Called by the fixtures at the top of their stacks. */
static void compare(void)
{
    static const struct stack_bounds nowhere;
    uintptr_t fast[FRAMES], other[FRAMES];
    void *theirs[FRAMES];
    struct regs at = REGS_OF_CALLER();
    struct stack_bounds in = bounds();
    uint16_t slots[FRAMES];
    struct walk_link links[FRAMES];
    struct walk_shape shape = {.slots = slots, .links = links};
    struct walk walk = csan__unwind_fast(&at, &in, fast, FRAMES), second;
    if (walk.truncated)
        differ("the outermost frame", (int)walk.depth, fast[walk.depth - 1], 0);
    second = csan__unwind_fast(&at, &in, other, FRAMES); /* from the cache */
    compare_walks("a second walk", fast, &walk, other, &second);
    second = csan__unwind_fast(&at, &nowhere, other, FRAMES);
    compare_walks("a walk with checked reads", fast, &walk, other, &second);
    second = csan__unwind_shape(&at, &in, other, FRAMES, &shape);
    compare_walks("a walk with its shape", fast, &walk, other, &second);
    for (uint32_t i = 1; shape.known && i < second.depth; i++)
        if (((uintptr_t *)at.sp)[shape.slots[i]] != fast[i])
            differ("the shape", (int)i, fast[i], ((uintptr_t *)at.sp)[shape.slots[i]]);
    second = walk_full(&at, &in, other);
    compare_walks("the full walk", fast, &walk, other, &second);
    compare_with("backtrace", fast, walk.depth, theirs, backtrace(theirs, FRAMES));
    if (seen.libunwind)
        compare_with("libunwind", fast, walk.depth, theirs, seen.libunwind(theirs, FRAMES));
    seen.compared++;
    seen.deepest = walk.depth > seen.deepest ? walk.depth : seen.deepest;
}

static void report(const char *flavour, const char *name)
{
    ck_assert_msg(seen.what == NULL, "%s, %s: %s differs at frame %d: %#lx, not %#lx", flavour,
                  name, seen.what, seen.frame, seen.ours, seen.theirs);
    ck_assert_msg(seen.compared > 0, "%s, %s: nothing was compared", flavour, name);
}

static void *load(const char *compile, const char *source, const char *name, int how)
{
    const char *path = build_object(compile, source, name);
    if (!path)
        return NULL;
    void *library = dlopen(path, how);
    ck_assert_msg(library != NULL, "%s", dlerror());
    csan__module_refresh();
    return library;
}

static void run_cases(const char *compile, const char *source, const char *name)
{
    void *library = load(compile, source, name, RTLD_NOW);
    if (!library)
        return;
    void (*capture_by)(void (*)(void)) =
        (void (*)(void (*)(void)))dlsym(library, "stack_capture_by");
    const struct stack_case *cases = dlsym(library, "stack_cases");
    capture_by(compare);
    for (; cases->name; cases++) {
        seen.compared = 0;
        cases->run();
        report(compile, cases->name);
    }
}

static void begin(void)
{
    void *warm[1], *library;
    csan__module_refresh();
    backtrace(warm, 1);
    memset(&seen, 0, sizeof seen);
    library = dlopen("libunwind.so.8", RTLD_NOW);
    if (library)
        seen.libunwind = (int (*)(void **, int))dlsym(library, "unw_backtrace");
}

static const struct flavour {
    const char *compile, *name;
} flavours[] = {
    {"gcc -O0", "c0"},
    {"gcc -O2 -fomit-frame-pointer", "c2"},
    {"gcc -O2 -fno-omit-frame-pointer", "c2fp"},
    {"gcc -O3 -mavx2", "c3"},
    {"gcc -Os", "cs"},
    {"gcc -O2 -fcf-protection=full -fstack-protector-all -fstack-clash-protection", "chard"},
    {"clang -O0", "l0"},
    {"clang -O2 -fomit-frame-pointer", "l2"},
};

START_TEST(all_walkers_agree_on_c_code)
{
    run_cases(flavours[_i].compile, "stacks.c", flavours[_i].name);
}
END_TEST

static const struct flavour cplusplus[] = {
    {"g++ -O0", "x0"},
    {"g++ -O2", "x2"},
    {"clang++ -O2", "xl2"},
};

START_TEST(all_walkers_agree_on_cplusplus_code)
{
    run_cases(cplusplus[_i].compile, "stacks.cc", cplusplus[_i].name);
}
END_TEST

START_TEST(a_stack_inside_the_loaders_lazy_binding_is_complete)
{
    load("gcc -O2", "lazy.c", "lazy", RTLD_LAZY | RTLD_GLOBAL);
    void *user = load("gcc -O2 -Wl,-z,lazy -fplt -fcf-protection=none", "lazy_user.c", "lazy_user",
                      RTLD_LAZY);
    void (*capture_by)(void (*)(void)) =
        (void (*)(void (*)(void)))dlsym(RTLD_DEFAULT, "lazy_capture_by");
    int (*use)(int) = (int (*)(int))dlsym(user, "lazy_use");
    seen.libunwind = NULL; /* it knows nothing of _dl_runtime_resolve */
    capture_by(compare);
    ck_assert_int_eq(use(1), 43);
    report("gcc -O2", "lazy binding");
}
END_TEST

/* ---- rules that do not fit the cache's eight bytes ---- */

/* The CFA by way of rbx; rbp saved 2400 bytes below it; the CFA stored on the stack; rbp in rbx. */
__asm__(".text\n"
        "cfa_by_rbx: .cfi_startproc\n"
        "pushq %rbx\n.cfi_def_cfa_offset 16\n.cfi_offset %rbx, -16\n"
        "movq %rsp, %rbx\n.cfi_def_cfa_register %rbx\n"
        "andq $-64, %rsp\n"
        "call *%rdi\n"
        "movq %rbx, %rsp\n.cfi_def_cfa_register %rsp\n"
        "popq %rbx\n.cfi_restore %rbx\n.cfi_def_cfa_offset 8\n"
        "ret\n.cfi_endproc\n"
        "rbp_far_away: .cfi_startproc\n"
        "subq $2408, %rsp\n.cfi_def_cfa_offset 2416\n"
        "movq %rbp, 16(%rsp)\n.cfi_offset %rbp, -2400\n"
        "movq $-1, %rbp\n"
        "call *%rdi\n"
        "movq 16(%rsp), %rbp\n.cfi_restore %rbp\n"
        "addq $2408, %rsp\n.cfi_def_cfa_offset 8\n"
        "ret\n.cfi_endproc\n"
        "cfa_on_stack: .cfi_startproc\n"
        "leaq 8(%rsp), %rax\n"
        "subq $24, %rsp\n.cfi_def_cfa_offset 32\n"
        "movq %rax, 8(%rsp)\n"
        ".cfi_escape 0x0f, 0x03, 0x77, 0x08, 0x06\n" /* CFA = *(rsp + 8) */
        "call *%rdi\n"
        ".cfi_def_cfa %rsp, 32\n"
        "addq $24, %rsp\n.cfi_def_cfa_offset 8\n"
        "ret\n.cfi_endproc\n"
        "rbp_in_rbx: .cfi_startproc\n"
        "pushq %rbx\n.cfi_def_cfa_offset 16\n.cfi_offset %rbx, -16\n"
        "movq %rbp, %rbx\n.cfi_register %rbp, %rbx\n"
        "movq $-1, %rbp\n"
        "call *%rdi\n"
        "movq %rbx, %rbp\n.cfi_restore %rbp\n"
        "popq %rbx\n.cfi_restore %rbx\n.cfi_def_cfa_offset 8\n"
        "ret\n.cfi_endproc\n");
void cfa_by_rbx(void (*f)(void));
void rbp_far_away(void (*f)(void));
void cfa_on_stack(void (*f)(void));
void rbp_in_rbx(void (*f)(void));
static void (*const odd[])(void (*f)(void)) = {cfa_by_rbx, rbp_far_away, cfa_on_stack, rbp_in_rbx};

static int odd_from, odd_to;

/* One odd function, then another, so that each needs what the other has saved. */
__attribute__((noinline)) static void second_odd(void)
{
    odd[odd_to](compare);
    __asm__ volatile("" ::: "memory");
}

__attribute__((noinline)) static void based_on_rbp(int n)
{
    volatile char *p = __builtin_alloca((size_t)n);
    p[0] = 0;
    odd[odd_from](second_odd);
    __asm__ volatile("" ::: "memory");
    p[1] = p[0];
}

START_TEST(hand_written_frames_are_walked_with_every_register)
{
    for (odd_from = 0; odd_from < 4; odd_from++)
        for (odd_to = 0; odd_to < 4; odd_to++) {
            seen.libunwind = NULL;
            based_on_rbp(48);
            report("assembly", "odd rules");
        }
}
END_TEST

static void step_up(void)
{
    struct stack_bounds in = bounds();
    struct full_regs r;
    bool exact = false;
    uintptr_t function = 0, wanted = 0;
    int rc, steps = 0;
    csan__unwind_here(&r);
    while ((rc = csan__unwind_step(&r, &exact, &in, &function)) == 0) {
        ck_assert(!exact);
        wanted |= function == (uintptr_t)step_up ? 1 : function == (uintptr_t)main ? 2 : 0;
        steps++;
    }
    ck_assert_int_eq(rc, -ENOENT);
    ck_assert_uint_eq(wanted, 3);
    ck_assert_int_ge(steps, 3);
    r.r[CFI_RIP] = 0;
    ck_assert_int_eq(csan__unwind_step(&r, &exact, &in, NULL), -ENOENT);
    r.r[CFI_RIP] = 8;
    ck_assert_int_eq(csan__unwind_step(&r, &exact, &in, NULL), -ENODATA);
}

/* As a signal finds it: at its first instruction, where rsp points to the return address. */
START_TEST(a_stack_that_begins_in_the_vdso_is_complete)
{
    void *vdso = dlopen("linux-vdso.so.1", RTLD_LAZY | RTLD_NOLOAD);
    void *entry = vdso ? dlvsym(vdso, "__vdso_clock_gettime", "LINUX_2.6") : NULL;
    if (!entry)
        return; /* a kernel without one */
    struct cfi_row row;
    ck_assert_int_eq(csan__cfi_find((uintptr_t)entry, &row), 0);
    for (uintptr_t pc = row.function_start; pc < row.function_end; pc++)
        ck_assert_int_eq(csan__cfi_find(pc, &row), 0);
    struct full_regs here, up;
    csan__unwind_here(&here);
    up = here;
    uintptr_t stack[64] = {0};
    stack[0] = here.r[CFI_RIP];
    up.r[CFI_RIP] = row.function_start;
    up.r[CFI_RSP] = (uintptr_t)stack;
    bool exact = true;
    struct stack_bounds in = bounds();
    uintptr_t function = 0;
    ck_assert_int_eq(csan__unwind_step(&up, &exact, &in, &function), 0);
    ck_assert_uint_eq(function, row.function_start);
    ck_assert(!exact && up.r[CFI_RIP] == here.r[CFI_RIP]);
    ck_assert_uint_eq(up.r[CFI_RSP], (uintptr_t)(stack + 1));
}
END_TEST

START_TEST(steps_lead_to_the_outermost_frame_and_tell_the_functions)
{
    step_up();
}
END_TEST

/* ---- code without call frame information ---- */

static struct walk last_walk;
static uintptr_t last_pcs[FRAMES];

static void take(void)
{
    struct regs at = REGS_OF_CALLER();
    struct stack_bounds in = bounds();
    uintptr_t full[FRAMES];
    last_walk = csan__unwind_fast(&at, &in, last_pcs, FRAMES);
    struct walk walk = walk_full(&at, &in, full);
    compare_walks("the full walk", last_pcs, &last_walk, full, &walk);
    seen.compared++;
}

START_TEST(code_without_cfi_is_walked_by_frame_pointers)
{
    void *library = load("gcc -O1 -fno-omit-frame-pointer -fno-asynchronous-unwind-tables "
                         "-fno-unwind-tables",
                         "no_cfi.c", "no_cfi", RTLD_NOW);
    void (*capture_by)(void (*)(void)) =
        (void (*)(void (*)(void)))dlsym(library, "no_cfi_capture_by");
    void (*run)(void) = (void (*)(void))dlsym(library, "no_cfi_run");
    struct cfi_row row;
    ck_assert_int_ne(csan__cfi_find((uintptr_t)run + 1, &row), 0);
    capture_by(take);
    run();
    report("gcc", "no CFI");
    ck_assert(!last_walk.truncated);
    Dl_info where;
    int in_library = 0;
    for (uint32_t i = 0; i < last_walk.depth; i++)
        in_library += dladdr((void *)last_pcs[i], &where) && strstr(where.dli_fname, "no_cfi");
    ck_assert_int_eq(in_library, 7);
}
END_TEST

/* push rbp; mov rbp, rsp; mov rax, imm64; call rax; pop rbp; ret */
static void (*generate(void (*callee)(void), bool frame_pointer))(void)
{
    static const uint8_t with[] = {0x55, 0x48, 0x89, 0xe5}, without[] = {0x90, 0x6a, 0x00, 0x90};
    static const uint8_t end_with[] = {0x5d, 0xc3}, end_without[] = {0x58, 0xc3};
    uint8_t *code =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert(code != MAP_FAILED);
    memcpy(code, frame_pointer ? with : without, 4);
    code[4] = 0x48;
    code[5] = 0xb8;
    memcpy(code + 6, &callee, 8);
    code[14] = 0xff;
    code[15] = 0xd0;
    memcpy(code + 16, frame_pointer ? end_with : end_without, 2);
    return (void (*)(void))(uintptr_t)code;
}

START_TEST(generated_code_with_a_frame_pointer_is_walked_through)
{
    void (*code)(void) = generate(take, true);
    code();
    __asm__ volatile("" ::: "memory");
    report("generated", "with a frame pointer");
    ck_assert_uint_eq(last_pcs[0], (uintptr_t)code + 16);
    ck_assert(!last_walk.truncated);
}
END_TEST

/* rbp is then whatever the caller has in it: a stack that is cut says so. */
START_TEST(a_walk_that_is_lost_in_generated_code_says_that_it_is_truncated)
{
    void (*code)(void) = generate(take, false);
    __asm__ volatile("pushq %%rbp\n\tpushq %%rbp\n\tmovq $0x5a5a5a58, %%rbp\n\tcall *%0\n\t"
                     "popq %%rbp\n\tpopq %%rbp"
                     :
                     : "b"(code)
                     : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "memory", "cc");
    ck_assert_ptr_null(seen.what);
    ck_assert_uint_eq(last_pcs[0], (uintptr_t)code + 16);
    ck_assert_uint_eq(last_walk.depth, 1);
    ck_assert(last_walk.truncated);
}
END_TEST

/* ---- limits ---- */

static uint32_t limit;
static struct walk limited;

static void take_limited(void)
{
    struct regs at = REGS_OF_CALLER();
    struct stack_bounds in = bounds();
    uintptr_t pcs[FRAMES + 1];
    pcs[limit] = 0x77;
    limited = csan__unwind_fast(&at, &in, pcs, limit);
    ck_assert_uint_eq(pcs[limit], 0x77);
    uint16_t slots[FRAMES];
    struct walk_link links[FRAMES];
    struct walk_shape shape = {.slots = slots, .links = links};
    struct walk shaped = csan__unwind_shape(&at, &in, pcs, limit, &shape);
    ck_assert_uint_eq(pcs[limit], 0x77);
    ck_assert_uint_eq(shaped.hash, limited.hash);
    ck_assert_int_eq(shaped.truncated, limited.truncated);
}

__attribute__((noinline)) static void deepen(int n, void (*then)(void))
{
    if (n > 0)
        deepen(n - 1, then);
    else
        then();
    __asm__ volatile("" ::: "memory");
}

START_TEST(a_walk_keeps_to_its_limit_and_is_truncated_only_when_frames_are_missing)
{
    limit = FRAMES;
    deepen(5, take_limited);
    uint32_t whole = limited.depth;
    ck_assert(!limited.truncated);
    limit = whole;
    deepen(5, take_limited);
    ck_assert_uint_eq(limited.depth, whole);
    ck_assert(!limited.truncated);
    for (limit = 1; limit < whole; limit++) {
        deepen(5, take_limited);
        ck_assert_uint_eq(limited.depth, limit);
        ck_assert(limited.truncated);
    }
    limit = FRAMES;
    deepen(1000, take_limited);
    ck_assert_uint_eq(limited.depth, FRAMES);
    ck_assert(limited.truncated);
}
END_TEST

/* ---- odd registers ---- */

static uint64_t random_state = 0x243f6a8885a308d3;

static uint64_t random_next(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static uintptr_t odd_value(uintptr_t near_stack, uintptr_t code, const uintptr_t *real)
{
    uint64_t r = random_next();
    switch (r % 8) {
    case 0:
        return random_next();
    case 1:
        return random_next() >> (random_next() % 64);
    case 2:
        return near_stack + (random_next() % 4096);
    case 3:
        return near_stack + (random_next() % 512) * 8;
    case 4:
        return code + random_next() % 65536;
    case 5:
        return real[random_next() % 4] + random_next() % 3;
    case 6:
        return (uintptr_t)0 - random_next() % 65536;
    default:
        return 0;
    }
}

START_TEST(odd_registers_never_crash_a_walk_and_it_always_ends)
{
    enum { WORDS = 2048, TIMES = 1000000 };
    static uintptr_t stack[WORDS] __attribute__((aligned(4096)));
    static uintptr_t real[4];
    uintptr_t pcs[64];
    struct stack_bounds in = {(uintptr_t)stack, (uintptr_t)(stack + WORDS)}, nowhere = {0, 0};
    uintptr_t code = (uintptr_t)qsort;
    take();
    memcpy(real, last_pcs, sizeof real);
    for (int i = 0; i < TIMES; i++) {
        if (i % 64 == 0)
            for (int k = 0; k < WORDS; k++)
                stack[k] = odd_value((uintptr_t)stack, code, real);
        struct regs at = {.pc = odd_value((uintptr_t)stack, code, real),
                          .sp = odd_value((uintptr_t)stack, code, real),
                          .bp = odd_value((uintptr_t)stack, code, real)};
        struct walk walk = csan__unwind_fast(&at, i % 16 ? &in : &nowhere, pcs, CSAN_COUNT(pcs));
        ck_assert_uint_ge(walk.depth, 1);
        ck_assert_uint_le(walk.depth, CSAN_COUNT(pcs));
        if (i % 8 == 0) {
            struct full_regs all;
            for (int k = 0; k < 17; k++)
                all.r[k] = odd_value((uintptr_t)stack, code, real);
            walk = csan__unwind_full(&all, i % 3 == 0, &in, pcs, CSAN_COUNT(pcs));
            ck_assert_uint_le(walk.depth, CSAN_COUNT(pcs));
        }
    }
    ck_assert(csan__unwind_is_valid());
}
END_TEST

/* A page that ends where nothing is mapped, and bounds that are not known. */
START_TEST(a_stack_that_ends_at_an_unmapped_page_is_walked_up_to_it)
{
    uint8_t *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert(page != MAP_FAILED);
    munmap(page + 4096, 4096);
    uintptr_t *top = (uintptr_t *)(page + 4096) - 2;
    top[0] = (uintptr_t)(page + 4096); /* a saved rbp that leads out */
    top[1] = (uintptr_t)generate(take, true) + 16;
    uintptr_t pcs[8];
    struct regs at = {.pc = top[1], .sp = (uintptr_t)top, .bp = (uintptr_t)top};
    struct stack_bounds nowhere = {0, 0};
    struct walk walk = csan__unwind_fast(&at, &nowhere, pcs, 8);
    ck_assert_uint_eq(walk.depth, 2);
    ck_assert(walk.truncated);
}
END_TEST

static void do_nothing(int sig)
{
    (void)sig;
}

/* The address that the kernel makes handlers return to. */
static uintptr_t find_restorer(void)
{
    struct {
        void *handler;
        unsigned long flags;
        void *restorer;
        uint64_t mask;
    } action;
    signal(SIGUSR2, do_nothing);
    ck_assert_int_eq(syscall(SYS_rt_sigaction, SIGUSR2, NULL, &action, sizeof action.mask), 0);
    return (uintptr_t)action.restorer;
}

/* From an alternate stack, into a part of the thread's own that is not mapped (yet). */
START_TEST(an_interrupted_stack_is_tried_before_it_is_read)
{
    ucontext_t context;
    uint8_t *stack = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert(stack != MAP_FAILED);
    munmap(stack, 32768);
    memset(&context, 0, sizeof context);
    greg_t *gregs = context.uc_mcontext.gregs;
    gregs[REG_RIP] = (greg_t)(uintptr_t)qsort;
    gregs[REG_RSP] = (greg_t)(uintptr_t)(stack + 4096);
    uintptr_t pcs[8];
    struct stack_bounds in = {(uintptr_t)stack, (uintptr_t)stack + 65536};
    struct regs at = {.pc = find_restorer(), .sp = (uintptr_t)&context, .bp = 0};
    struct walk walk = csan__unwind_fast(&at, &in, pcs, 8);
    ck_assert_uint_eq(walk.depth, 2);
    ck_assert_uint_eq(pcs[1], (uintptr_t)qsort + 1);
    ck_assert(walk.truncated);
    gregs[REG_RSP] = (greg_t)(uintptr_t)(stack + 40000);
    walk = csan__unwind_fast(&at, &in, pcs, 8); /* there it is 0: somebody's outermost frame */
    ck_assert_uint_eq(walk.depth, 2);
    ck_assert(!walk.truncated);
}
END_TEST

/* ---- the rule cache ---- */

START_TEST(rules_are_forgotten_for_exactly_one_range)
{
    void *library = load("gcc -O2", "stacks.c", "forget", RTLD_NOW);
    void (*capture_by)(void (*)(void)) =
        (void (*)(void (*)(void)))dlsym(library, "stack_capture_by");
    const struct stack_case *cases = dlsym(library, "stack_cases");
    const struct module *m = csan__module_find((uintptr_t)cases);
    ck_assert_ptr_nonnull(m);
    capture_by(take);
    cases->run();
    ck_assert_uint_gt(csan__unwind_count(m->lo, m->hi), 3);
    unsigned all = csan__unwind_count(0, UINTPTR_MAX);
    unsigned own = csan__unwind_count(m->lo, m->hi);
    csan__unwind_forget(m->lo, m->hi);
    ck_assert_uint_eq(csan__unwind_count(m->lo, m->hi), 0);
    ck_assert_uint_eq(csan__unwind_count(0, UINTPTR_MAX), all - own);
    ck_assert(csan__unwind_is_valid());
    cases->run();
    ck_assert_uint_eq(csan__unwind_count(m->lo, m->hi), own);
    report("gcc", "after forgetting");
}
END_TEST

/* 32 addresses of one line in a table of 8: all are right all the same. */
START_TEST(addresses_that_share_a_line_of_the_cache_do_not_share_rules)
{
    struct regs at = {.sp = 0, .bp = 0};
    struct stack_bounds nowhere = {0, 0};
    uintptr_t pcs[4], base = (uintptr_t)1 << 30;
    for (int round = 0; round < 2; round++) {
        for (uintptr_t i = 0; i < 32; i++) {
            at.pc = base + (i << 18) + (i & 7);
            struct walk walk = csan__unwind_fast(&at, &nowhere, pcs, 4);
            ck_assert_uint_eq(walk.depth, 1);
            ck_assert(walk.truncated);
        }
        take();
        ck_assert(!last_walk.truncated);
    }
    ck_assert(csan__unwind_is_valid());
}
END_TEST

START_TEST(a_walk_without_the_loaders_look_up_is_the_same)
{
    csan__cfi_use_find_object(false);
    run_cases("gcc -O2 -fomit-frame-pointer", "stacks.c", "old_glibc");
    csan__cfi_use_find_object(true);
}
END_TEST

static bool early_is_complete;

/* Run by the start code, before main. */
__attribute__((constructor)) static void early(void)
{
    csan__module_refresh();
    take();
    early_is_complete = !last_walk.truncated && last_walk.depth >= 3;
}

START_TEST(a_stack_in_a_constructor_is_complete)
{
    ck_assert(early_is_complete);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("unwind");
    TCase *t = tcase_create("unwind");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, begin, build_clean);
    tcase_add_loop_test(t, all_walkers_agree_on_c_code, 0, CSAN_COUNT(flavours));
    tcase_add_loop_test(t, all_walkers_agree_on_cplusplus_code, 0, CSAN_COUNT(cplusplus));
    tcase_add_test(t, a_stack_inside_the_loaders_lazy_binding_is_complete);
    tcase_add_test(t, hand_written_frames_are_walked_with_every_register);
    tcase_add_test(t, a_stack_that_begins_in_the_vdso_is_complete);
    tcase_add_test(t, steps_lead_to_the_outermost_frame_and_tell_the_functions);
    tcase_add_test(t, code_without_cfi_is_walked_by_frame_pointers);
    tcase_add_test(t, generated_code_with_a_frame_pointer_is_walked_through);
    tcase_add_test(t, a_walk_that_is_lost_in_generated_code_says_that_it_is_truncated);
    tcase_add_test(t, a_walk_keeps_to_its_limit_and_is_truncated_only_when_frames_are_missing);
    tcase_add_test(t, odd_registers_never_crash_a_walk_and_it_always_ends);
    tcase_add_test(t, a_stack_that_ends_at_an_unmapped_page_is_walked_up_to_it);
    tcase_add_test(t, an_interrupted_stack_is_tried_before_it_is_read);
    tcase_add_test(t, rules_are_forgotten_for_exactly_one_range);
    tcase_add_test(t, addresses_that_share_a_line_of_the_cache_do_not_share_rules);
    tcase_add_test(t, a_walk_without_the_loaders_look_up_is_the_same);
    tcase_add_test(t, a_stack_in_a_constructor_is_complete);
    suite_add_tcase(suite, t);
    return suite_run(suite);
}
