struct First {
    virtual ~First() = default;
    long number = 1;
};

struct Second {
    virtual ~Second() = default;
    long number = 2;
};

struct Both : First, Second {
};

Second *global;

int main()
{
    global = new Both;
    return 0;
}
