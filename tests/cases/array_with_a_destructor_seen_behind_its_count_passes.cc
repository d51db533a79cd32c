struct Thing {
    char byte = 1;
    ~Thing()
    {
        byte = 0;
    }
};

Thing *global;

int main()
{
    global = new Thing[3];
    return 0;
}
