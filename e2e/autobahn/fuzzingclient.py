# Runs the fuzzing client of the Autobahn test suite, in Jython 2.7; its argument is the
# specification's file. Both come from Maven Central, see e2e/pom.xml.
import json
import sys

from autobahntestsuite import wstest

with open(sys.argv[1]) as spec:
    wstest.start({'mode': 'fuzzingclient', 'debug': False}, json.load(spec))
