// Loses 101 B, at the same line as leak.c does.
#include <cstddef>
#include <string>
int main(int argc, char **)
{
    char *volatile lost = new char[101];
    lost = NULL;
    return lost != NULL || std::string((std::size_t)argc, 'x').empty();
}
