# A database of two tables with an index: built, joined, changed, vacuumed, checked and dumped.
needs="sqlite3 awk"

prepare() {
    awk 'BEGIN {
        print "create table person(id integer primary key, name text, town text);"
        print "create table visit(person int, day int, cost real);"
        print "begin;"
        for (i = 1; i <= 4000; i++)
            printf "insert into person values(%d, '\''name %d'\'', '\''town %d'\'');\n", i, i * 7919 % 4001, i % 37
        for (i = 1; i <= 20000; i++)
            printf "insert into visit values(%d, %d, %d.5);\n", i * 31 % 4000 + 1, i % 365, i % 91
        print "commit;"
        print "create index by_person on visit(person);"
    }' >make.sql
    cat >ask.sql <<'END'
select town, count(*), sum(cost) from person join visit on visit.person = person.id group by town order by 3 desc, 1;
with recursive n(x) as (select 1 union all select x + 1 from n where x < 20000) select sum(x * x) from n;
select name, upper(substr(name, 1, 3)), length(name) from person where name like '%99%' order by name limit 50;
update visit set cost = cost * 2 where day % 7 = 0;
delete from person where id % 10 = 3;
select avg(cost), max(day) from visit where person not in (select id from person);
select json_group_array(name) from (select name from person order by id limit 20);
vacuum;
pragma integrity_check;
select * from nowhere;
END
}

work() {
    $RUN sqlite3 data.db <make.sql
    $RUN sqlite3 -header -column data.db <ask.sql
    echo "status $?"
    $RUN sqlite3 data.db .dump | sha256sum
    rm -f data.db
}
