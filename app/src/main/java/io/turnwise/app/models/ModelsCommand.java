package io.turnwise.app.models;

import io.turnwise.app.pyannote.ThresholdCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The commands about model files. */
@Command(
    name = "models",
    synopsisSubcommandLabel = "COMMAND",
    description = "Lists, fetches, verifies and converts speaker models.",
    subcommands = {
      ListCommand.class,
      FetchCommand.class,
      VerifyCommand.class,
      ImportCommand.class,
      QuantizeCommand.class,
      CalibrateCommand.class,
      ThresholdCommand.class
    })
public final class ModelsCommand implements Runnable {
  @Spec private CommandSpec command;

  @Override
  public void run() {
    throw new ParameterException(command.commandLine(), "Missing required subcommand");
  }
}
