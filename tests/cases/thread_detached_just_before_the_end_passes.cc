// flags: -pthread
#include <thread>

/* Its start may be at any point when main returns: what it was given is no leak. */
int main()
{
    std::thread([] {}).detach();
    return 0;
}
