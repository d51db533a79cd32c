// expect-status: 86
// expect: error: csan\[leak\]: .* in 1 block never freed
// expect: ^ +and .* in 1 block behind it
// findings: 1
#include <memory>

struct Node {
    std::shared_ptr<Node> other;
};

static __attribute__((noinline)) void lose()
{
    auto a = std::make_shared<Node>();
    a->other = std::make_shared<Node>();
    a->other->other = a;
}

int main()
{
    lose();
    return 0;
}
