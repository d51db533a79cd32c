# gdb's side of csan: who allocated a pointer, and who holds and waits for which lock.
#
#   (gdb) source PREFIX/share/csan/csan-gdb.py     (where libcsan.so is loaded, gdb may do it itself)
#   (gdb) csan where PTR
#   (gdb) csan locks
#
# Reads csan's tables by its debug information, and nothing else: no function of the program or of
# csan's is called, so that a stopped process stays as it is, and a core file will do.
#
#   record/block_map.h  which addresses begin a live block       record/stack.c   a stack's frames
#   record/large.c      the accounts that are not behind blocks  record/thread.c  threads, freed blocks
#   record/sync.h       what a thread holds and waits for        record/name.c    csan_name
import os
import struct
import time

import gdb

MASK = (1 << 64) - 1
BLOCK_LARGE = 64 << 10
TAIL = 8
REGION_BITS = 30
PAGE_WORDS = 512
IN_TABLE = 3  # family of an account that is in the table of large blocks
FAMILIES = ["malloc", "new", "new[]"]
LARGE = struct.Struct("<QQQIHBB")
CHUNK_IDS = 1 << 15
GRANULE = 32
FRAMES_MAX = 256
LOCKS = {
    "SYNC_MUTEX": "mutex", "SYNC_READ": "rwlock (read)", "SYNC_WRITE": "rwlock (write)", "SYNC_SPIN": "spin lock",
    "SYNC_COND": "condition", "SYNC_BARRIER": "barrier", "SYNC_ONCE": "once", "SYNC_SEMAPHORE": "semaphore",
    "SYNC_JOIN": "end of thread", "SYNC_FUTEX": "futex", "SYNC_IO": "descriptor", "SYNC_SLEEP": "time to pass",
    "SYNC_PROCESS": "child process",
}  # fmt: skip


# ------------------------------------------------------------------ memory and tables


def read(address, size):
    try:
        return bytes(gdb.selected_inferior().read_memory(address, size))
    except gdb.MemoryError:
        return None


def word(address):
    data = read(address, 8)
    return struct.unpack("<Q", data)[0] if data else None


def table(name, file):
    """A variable of csan's own file: others may have one of that name."""
    symbols = []
    try:
        symbol = gdb.lookup_global_symbol(name)
        symbols = ([symbol] if symbol else []) + gdb.lookup_static_symbols(name)
    except RuntimeError as error:
        raise gdb.GdbError("csan: " + str(error))
    for symbol in symbols:
        # one that others see may be known from its header
        if symbol.symtab and symbol.symtab.filename.endswith(("record/" + file, "record/" + file[:-1] + "h")):
            return symbol.value()
    raise gdb.GdbError("csan: libcsan is not in this process, or has no debug information")


def live(inferior):
    if not inferior.pid and not inferior.threads():
        raise gdb.GdbError("csan: no process and no core file")


# ------------------------------------------------------------------ stacks


def symbol_at(address):
    """`name` or `name + offset`; "": none."""
    said = gdb.execute("info symbol 0x%x" % address, to_string=True)
    return "" if said.startswith("No symbol") else said.split(" in section")[0].strip()


def describe(pc):
    """`function FILE:LINE`, and what it is inlined into."""
    names, line = [], gdb.find_pc_line(pc)
    try:
        block = gdb.block_for_pc(pc)
    except RuntimeError:
        block = None
    while block and not block.is_global:
        if block.function:
            names.append(block.function.print_name)
            if not block.superblock or block.superblock.is_static:
                break  # the function's own block: what it is inlined into ends here
        block = block.superblock
    names = names or [symbol_at(pc).split(" + ")[0] or "??"]
    place = " %s:%d" % (line.symtab.filename, line.line) if line.symtab and line.line else " 0x%x" % pc
    inlined = "".join(" (inlined into %s)" % name for name in names[1:])
    return names[0] + place + inlined


def is_own(pc):
    return os.path.basename(gdb.solib_name(pc) or "").startswith("libcsan.so")


def put_frames(pcs, indent, truncated=False):
    shown = [pc for pc in pcs if not is_own(pc)] or pcs
    for number, pc in enumerate(shown):
        print("%s#%-2d %s" % (indent, number, describe(pc - 1)))
    if truncated:
        print("%s…" % indent)


def stack(number):
    """The return addresses of a stack id, innermost first, and whether it was cut."""
    depot = table("depot", "stack.c")
    if number == 0 or number >= int(depot["used"]):
        return [], False
    chunk = int(depot["chunks"][number // CHUNK_IDS])
    at = chunk + number % CHUNK_IDS * GRANULE
    record = gdb.lookup_type("struct record", depot_block()).pointer()
    head = gdb.Value(at).cast(record).dereference()
    depth = int(head["depth"])
    if not 0 < depth <= FRAMES_MAX:
        return [], False
    pcs = at + head.type.sizeof
    data = read(pcs, 8 * depth)
    return (list(struct.unpack("<%dQ" % depth, data)) if data else []), bool(head["truncated"])


def depot_block():
    for symbol in gdb.lookup_static_symbols("depot"):
        if symbol.symtab.filename.endswith("runtime/record/stack.c"):
            return symbol.symtab.static_block()
    return None


def put_stack(number, indent):
    pcs, truncated = stack(number)
    if pcs:
        put_frames(pcs, indent, truncated)
    else:
        print("%sno stack is known" % indent)


# ------------------------------------------------------------------ blocks


class Block:
    def __init__(self, start, asked, stack_id, family, ignored=False, damaged=False):
        self.start, self.asked, self.stack, self.family = start, asked, stack_id, family
        self.ignored, self.damaged = ignored, damaged


def below(address):
    """The nearest start of a live block at or below the address, less than BLOCK_LARGE away."""
    top = table("csan__block_top", "block_map.c")
    bits_at = None
    at = address & ~15
    floor = max(address - BLOCK_LARGE + 1, 0)
    while at >= floor:
        region = at >> REGION_BITS
        leaf = top[region] if region < top.type.range()[1] + 1 else 0
        if int(leaf) == 0:
            at = (region << REGION_BITS) - 16
            continue
        if bits_at is None:
            bits_at = [f.bitpos // 8 for f in leaf.type.target().fields() if f.name == "bits"][0]
        index = (at >> 10) & ((1 << 20) - 1)
        value = word(int(leaf) + bits_at + 8 * index) or 0
        value &= (2 << ((at >> 4) & 63)) - 1
        if value:
            return (at & ~1023) + ((value.bit_length() - 1) << 4)
        at = (at & ~1023) - 16
    return 0


def usable_of(start):
    header = word(start - 8)
    return None if header is None else (header & ~7) - (16 if header & 2 else 8)


def account(start):
    """The account behind a small block, if it is whole: (asked, stack, family, ignored)."""
    usable = usable_of(start)
    if usable is None or not 2 * TAIL <= usable < BLOCK_LARGE:
        return None
    value = word(start + usable - TAIL)
    if value is None:
        return None
    fields = value >> 9 << 9
    seal = ((fields + start * 0xD1B54A32D192ED03) * 0x9E3779B97F4A7C15 & MASK) >> 55
    if fields | seal != value:
        return None
    slack = value >> 28 & 4095
    return usable - TAIL - slack, value >> 40, value >> 10 & 3, bool(value >> 9 & 1)


def large_blocks():
    shards = table("table", "large.c")["shards"]
    for i in range(shards.type.range()[1] + 1):
        slots, count = int(shards[i]["slots"]), int(shards[i]["mask"]) + 1
        data = read(slots, count * LARGE.size) if slots else None
        for start, asked, _, stack_id, _, family, ignored in LARGE.iter_unpack(data or b""):
            if start:
                yield Block(start, asked, stack_id, family, bool(ignored))


def live_block(address):
    start = below(address)
    if start:
        known = account(start)
        if known and known[2] != IN_TABLE:
            block = Block(start, known[0], *known[1:])
        else:
            block = next((b for b in large_blocks() if b.start == start), None)
            if not block:
                usable = usable_of(start) or TAIL
                block = Block(start, usable - TAIL, 0, 0, damaged=True)
        if block.start <= address < block.start + max(block.asked, 1):
            return block
    return next((b for b in large_blocks() if b.start <= address < b.start + max(b.asked, 1)), None)


def records():
    """Each thread's record, ended ones included."""
    at = table("threads", "thread.c")["first"]
    while int(at):
        yield at.dereference()
        at = at["next"]


def freed_block(address):
    """Of the last blocks that each thread freed: what one was, as far as its account is left."""
    for thread in records():
        ring = thread["freed"]
        size, count = ring.type.range()[1] + 1, int(thread["nfreed"])
        for back in range(1, min(size, count) + 1):
            entry = ring[(count - back) % size]
            start = int(entry["start"])
            if not start or start > address or address - start >= BLOCK_LARGE:
                continue
            known = account(start)
            if start == address or (known and address < start + known[0]):
                return start, known, int(entry["pc"]), int(thread["tid"])
    return None


def put_size(n):
    return "%d byte%s" % (n, "" if n == 1 else "s")


class Where(gdb.Command):
    """csan where PTR: the block that PTR points into, who allocated it, or who freed it."""

    def __init__(self):
        super().__init__("csan where", gdb.COMMAND_DATA, gdb.COMPLETE_EXPRESSION)

    def invoke(self, argument, from_tty):
        if not argument:
            raise gdb.GdbError("csan where PTR: which pointer?")
        live(gdb.selected_inferior())
        address = int(gdb.parse_and_eval(argument).cast(gdb.lookup_type("unsigned long")))
        block = live_block(address)
        if block:
            self.put_live(address, block)
            return
        freed = freed_block(address)
        if freed:
            self.put_freed(address, *freed)
        else:
            print("0x%x is in no block that csan knows: not of the heap, or freed long ago" % address)

    @staticmethod
    def put_live(address, block):
        offset = address - block.start
        where = "the start" if offset == 0 else "byte %d" % offset
        print("0x%x is %s of a live block of %s at 0x%x, allocated by %s%s"
              % (address, where, put_size(block.asked), block.start,
                 FAMILIES[block.family] if block.family < len(FAMILIES) else "?",
                 ", which is to be ignored" if block.ignored else ""))  # fmt: skip
        if block.damaged:
            print("  its account behind it was overwritten: something wrote past its end")
        put_stack(block.stack, "  ")

    @staticmethod
    def put_freed(address, start, known, pc, tid):
        size = "of %s " % put_size(known[0]) if known else ""
        offset = "the start" if address == start else "byte %d" % (address - start)
        print("0x%x is %s of a freed block %sat 0x%x, freed by thread %d in" % (address, offset, size, start, tid))
        put_frames([pc], "  ")
        if known and known[1]:
            print("  it had been allocated in")
            put_stack(known[1], "  ")


# ------------------------------------------------------------------ locks


def kind_names():
    return {f.enumval: f.name for f in gdb.lookup_type("enum sync_kind").fields()}


def lock_name(address):
    """What csan_name called it, or the variable that it is."""
    names = table("names", "name.c")
    bucket = ((address >> 9) * 0x9E3779B97F4A7C15 & MASK) >> 32
    at = names["entries"][bucket % (names["entries"].type.range()[1] + 1)]
    while int(at):
        if int(at["object"]) == address:
            return " \"%s\"" % at["text"].string(errors="replace")
        at = at["next"]
    return (" " + symbol_at(address)).rstrip()


def seconds(since):
    """Only of a process on this machine: a core file's clock has stopped."""
    connection = getattr(gdb.selected_inferior(), "connection", None)
    if not since or not connection or connection.type != "native":
        return ""
    return ", for %.1f s" % max(0, time.clock_gettime(time.CLOCK_MONOTONIC) - since / 1e9)


class Locks(gdb.Command):
    """csan locks: what each thread holds and waits for, and where it took it."""

    def __init__(self):
        super().__init__("csan locks", gdb.COMMAND_STATUS, gdb.COMPLETE_NONE)

    def invoke(self, argument, from_tty):
        live(gdb.selected_inferior())
        all_records = list(records())
        self.kinds = kind_names()
        numbers = {t.ptid[1] or t.ptid[2]: t for t in gdb.selected_inferior().threads()}
        told = 0
        for thread in reversed(all_records):
            sync, tid = thread["sync"], int(thread["tid"])
            if tid not in numbers or not int(sync) or int(sync["tid"]) != tid:
                continue
            told += self.put_thread(numbers[tid], tid, sync.dereference())
        if not told:
            print("no thread holds a lock or waits for one")

    def put_thread(self, thread, tid, sync):
        held = [sync["held"][i] for i in range(int(sync["nheld"]))]
        wait = sync["wait"]
        kind = LOCKS.get(self.kinds.get(int(wait["kind"])))
        if not held and not kind:
            return False
        print("thread %d (LWP %d)%s" % (thread.num, tid, " \"%s\"" % thread.name if thread.name else ""))
        if kind:
            self.put_wait(kind, wait)
        for lock in held:
            self.put_held(lock)
        return True

    def put_wait(self, kind, wait):
        lock = int(wait["object"])
        call = wait["call"].string(errors="replace") if int(wait["call"]) else "?"
        what = "" if kind == "time to pass" else " 0x%x%s" % (lock, lock_name(lock))
        print("  waits in %s for %s%s%s" % (call, kind, what, seconds(int(wait["since_ns"]))))
        put_stack(int(wait["stack"]), "    ")
        holder = int(wait["holder_tid"])
        if holder:
            numbers = [t.num for t in gdb.selected_inferior().threads() if holder in t.ptid[1:]]
            print("    held by %s" % ("thread %d (LWP %d)" % (numbers[0], holder) if numbers else "LWP %d" % holder))

    def put_held(self, lock):
        address, depth = int(lock["object"]), int(lock["depth"])
        kind = LOCKS.get(self.kinds.get(int(lock["kind"])), "lock")
        times = "" if depth < 2 else ", %d times" % depth
        print("  holds %s 0x%x%s%s%s, taken in" % (kind, address, lock_name(address), times, seconds(int(lock["since_ns"]))))
        pcs, truncated = stack(int(lock["stack"]))
        put_frames(pcs or [int(lock["pc"])], "    ", truncated)


class Csan(gdb.Command):
    """csan's tables: csan where PTR, csan locks."""

    def __init__(self):
        super().__init__("csan", gdb.COMMAND_DATA, gdb.COMPLETE_NONE, True)


Csan()
Where()
Locks()
