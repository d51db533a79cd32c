/* A large thread-local of a plugin: libc allocates it when it is first used. */
static __thread struct {
    char room[4096];
    void *volatile pointer;
} local;

void hold(void *p)
{
    local.pointer = p;
}
