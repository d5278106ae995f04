package io.turnwise.app.bench;

import io.turnwise.app.evaluate.BaselinesCommand;
import io.turnwise.app.evaluate.HopsCommand;
import io.turnwise.app.faults.FaultsCommand;
import io.turnwise.app.fuzz.FuzzCommand;
import io.turnwise.app.overload.OverloadCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The commands that measure this machine. */
@Command(
    name = "bench",
    synopsisSubcommandLabel = "COMMAND",
    description = "Measures what this machine can do.",
    subcommands = {
      InferenceCommand.class,
      HopsCommand.class,
      BaselinesCommand.class,
      LongCallsCommand.class,
      FuzzCommand.class,
      OverloadCommand.class,
      FaultsCommand.class
    })
public final class BenchCommand implements Runnable {
  @Spec private CommandSpec command;

  @Override
  public void run() {
    throw new ParameterException(command.commandLine(), "Missing required subcommand");
  }
}
