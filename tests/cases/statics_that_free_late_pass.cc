// expect-status: 0
// expect-not: .
#include <map>
#include <memory>
#include <string>

static std::map<std::string, std::string> table;

static std::string &single()
{
    static std::string text(100, 'x');
    return text;
}

struct Late {
    int *volatile held = new int(3);
    ~Late()
    {
        delete held;
    }
};

static Late late;
static thread_local std::unique_ptr<int> local;

int main()
{
    table["a key that is long enough to be allocated"] = single();
    local = std::make_unique<int>(4);
    return 0;
}
