package io.turnwise.app.topics;

import picocli.CommandLine.Command;

/** The topics a run needs. */
@Command(
    name = "topics",
    description = "Creates the topics that a run reads and writes.",
    subcommands = CreateCommand.class,
    footer =
        "  turnwise topics create --config turnwise.properties --partitions 48 --replication 3")
public final class TopicsCommand {}
