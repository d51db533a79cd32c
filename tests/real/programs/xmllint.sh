# One megabyte of XML: parsed, asked by XPath, checked, formatted; and one that is malformed.
needs="xmllint awk"

prepare() {
    awk 'BEGIN {
        print "<?xml version=\"1.0\"?>\n<!DOCTYPE list [<!ELEMENT list (item*)><!ELEMENT item (#PCDATA)><!ATTLIST item id CDATA #REQUIRED>]>\n<list>"
        for (i = 1; i <= 20000; i++)
            printf "<item id=\"%d\">value %d &amp; more</item>\n", i, i * 7919 % 20011
        print "</list>"
    }' >data.xml
    echo '<a><b></a>' >broken.xml
}

work() {
    $RUN xmllint --valid --noout data.xml
    echo "status $?"
    $RUN xmllint --xpath 'count(//item[contains(., "99")])' data.xml
    echo
    $RUN xmllint --xpath '//item[@id mod 5000 = 0]/text()' data.xml
    $RUN xmllint --format --stream --noout data.xml
    $RUN xmllint --format data.xml | sha256sum
    $RUN xmllint --noout broken.xml
    echo "status $?"
}
