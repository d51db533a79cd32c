// plugin: takes_and_makes.cc
// args: $DIR/plugin.so
// libs: -static-libstdc++ -static-libgcc -ldl
#include <dlfcn.h>

/* The operators of the program's own libstdc++.a end in malloc and free, those of the plugin's
 * libstdc++.so do not: nothing can be said of blocks that go from one to the other. */
int main(int argc, char **argv)
{
    void *plugin = argc > 1 ? dlopen(argv[1], RTLD_NOW) : nullptr;
    if (!plugin)
        return 1;
    int *(*make_array)() = reinterpret_cast<int *(*)()>(dlsym(plugin, "make_array"));
    void (*take)(int *) = reinterpret_cast<void (*)(int *)>(dlsym(plugin, "take"));
    delete[] make_array();
    take(new int(1));
    dlclose(plugin);
    return 0;
}
