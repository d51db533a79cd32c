char table[4096];
