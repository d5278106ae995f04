package io.turnwise.app;

import io.turnwise.app.bench.BenchCommand;
import io.turnwise.app.check.CheckCommand;
import io.turnwise.app.check.SoakCommand;
import io.turnwise.app.demo.DemoCommand;
import io.turnwise.app.embed.EmbedCommand;
import io.turnwise.app.evaluate.EvaluateCommand;
import io.turnwise.app.evaluate.TuneCommand;
import io.turnwise.app.models.ModelsCommand;
import io.turnwise.app.parity.ParityCommand;
import io.turnwise.app.play.SendCommand;
import io.turnwise.app.reset.ResetCommand;
import io.turnwise.app.run.RunCommand;
import io.turnwise.app.topics.TopicsCommand;
import io.turnwise.app.view.WatchCommand;
import io.turnwise.conversion.weights.UnusableWeights;
import io.turnwise.inference.audio.UnusableAudio;
import io.turnwise.inference.model.EmbeddingFailed;
import io.turnwise.inference.model.UnusableModel;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line. */
@Command(
    name = "turnwise",
    mixinStandardHelpOptions = true,
    versionProvider = Turnwise.Version.class,
    scope = CommandLine.ScopeType.INHERIT,
    synopsisSubcommandLabel = "COMMAND",
    description = "Tracks who speaks when in live calls, on Kafka.",
    subcommands = {
      DemoCommand.class,
      RunCommand.class,
      SendCommand.class,
      WatchCommand.class,
      EmbedCommand.class,
      EvaluateCommand.class,
      TuneCommand.class,
      ModelsCommand.class,
      CheckCommand.class,
      TopicsCommand.class,
      ResetCommand.class,
      SoakCommand.class,
      BenchCommand.class,
      ParityCommand.class,
      HelpCommand.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:it worked",
      "1:what was given cannot be used, or it failed; one sentence on standard error says why",
      "2:the command line is wrong"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  turnwise demo --speed max",
      "  turnwise demo call.wav --json",
      "  turnwise run --config turnwise.properties"
    })
public final class Turnwise {
  private static final int UNUSABLE = 1;

  private Turnwise() {}

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] args) {
    LogLevels.choose(args);
    PrintWriter out =
        new PrintWriter(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
    // Nothing but a command's own output may reach standard output: others parse it.
    System.setOut(System.err);
    int exitCode = execute(commandLine().setOut(out), args);
    out.flush();
    System.exit(exitCode);
  }

  /** picocli hands exceptions to {@link #tell}, and no errors. */
  private static int execute(CommandLine commandLine, String[] args) {
    try {
      return commandLine.execute(args);
    } catch (OutOfMemoryError e) {
      System.err.println(
          "turnwise: "
              + (Runtime.getRuntime().maxMemory() >> 20)
              + " MiB of memory are not enough for this; give Java more, as JAVA_OPTS=-Xmx8g does.");
      return UNUSABLE;
    }
  }

  /** The command line with all its commands, ready to execute within this process. */
  public static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new Turnwise());
    commandLine.setExecutionExceptionHandler(Turnwise::tell);
    commandLine.setParameterExceptionHandler(Turnwise::tellMisuse);
    commandLine.setUsageHelpAutoWidth(false);
    commandLine.setUsageHelpWidth(100);
    commandLine.setColorScheme(
        Help.defaultColorScheme(Terminal.out().colour() ? Ansi.ON : Ansi.OFF));
    return commandLine;
  }

  private static int tellMisuse(ParameterException misuse, String[] args) {
    CommandLine command = misuse.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("turnwise: " + oneLine(misuse.getMessage()));
    UnmatchedArgumentException.printSuggestions(misuse, err);
    err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    err.flush();
    return CommandLine.ExitCode.USAGE;
  }

  private static int tell(Exception failure, CommandLine commandLine, ParseResult parsed) {
    PrintWriter err = commandLine.getErr();
    err.println("turnwise: " + sentence(failure));
    if (System.getenv("TURNWISE_DEBUG") != null) {
      failure.printStackTrace(err);
    }
    err.flush();
    return UNUSABLE;
  }

  private static String sentence(Exception failure) {
    boolean expected =
        failure instanceof CommandFailed
            || failure instanceof UnusableAudio
            || failure instanceof UnusableModel
            || failure instanceof UnusableWeights
            || failure instanceof EmbeddingFailed
            || failure instanceof IllegalArgumentException
            || failure instanceof KafkaException;
    String message =
        failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    if (failure instanceof KafkaException
        && failure.getCause() != null
        && failure.getCause().getMessage() != null
        && !message.contains(failure.getCause().getMessage())) {
      message += ": " + failure.getCause().getMessage();
    }
    String line = oneLine(message);
    return expected
        ? line
        : "An unexpected fault, "
            + failure.getClass().getSimpleName()
            + " ("
            + line
            + "); set TURNWISE_DEBUG=1 to see where, and report it.";
  }

  private static String oneLine(String message) {
    return message.strip().replaceAll("\\s*\\R\\s*", " ");
  }

  /** The version the jar was built as. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Turnwise.class.getPackage().getImplementationVersion();
      return new String[] {"turnwise " + (version == null ? "of this build" : version)};
    }
  }
}
