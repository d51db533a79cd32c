# Tables, closures, coroutines, string work, an error that is caught and one that is not.
needs="lua5.4"

prepare() {
    cat >work.lua <<'END'
local t = {}
for i = 1, 100000 do t[i] = { n = i * 7919 % 100003, s = "item " .. i } end
table.sort(t, function(a, b) return a.n < b.n end)
print(t[1].s, t[50000].s, t[100000].s)
local co = coroutine.wrap(function() for i = 1, 10000 do coroutine.yield(string.rep("x", i % 50)) end end)
local sum = 0
for i = 1, 10000 do sum = sum + #co() end
print(sum)
local words = {}
for w in (string.rep("the quick brown fox ", 5000)):gmatch("%a+") do words[w] = (words[w] or 0) + 1 end
print(words.fox, (string.gsub("hello world", "o", "0")))
print(select(2, pcall(error, { code = 7 })).code)
collectgarbage()
for i = 1, 1000 do t[i] = nil end
print(select("#", table.unpack(t, 1001, 1200)))
error("at the end")
END
}

work() {
    $RUN lua5.4 work.lua
    echo "status $?"
    $RUN lua5.4 -e 'print(#arg, _VERSION) os.exit(4, true)'
    echo "status $?"
    $RUN lua5.4 -e 'os.exit(0)'
}
