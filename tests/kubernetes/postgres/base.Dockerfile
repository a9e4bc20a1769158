# What the tests build the agent's image upon, where Docker would fetch a Debian.
FROM scratch
ADD root.tar /
