package io.turnwise.app;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/**
 * What a command line did, executed within this process.
 *
 * @param exitCode its exit code
 * @param out what it wrote to standard output
 * @param err what it wrote to standard error
 */
record CommandLineRun(int exitCode, String out, String err) {
  static CommandLineRun of(Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode =
        Turnwise.commandLine()
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(List.of(arguments).stream().map(Object::toString).toArray(String[]::new));
    return new CommandLineRun(exitCode, out.toString(), err.toString());
  }

  /** Exit code, output and number of lines of error, to be compared at once. */
  String shape() {
    return "exit "
        + exitCode
        + ", "
        + out.length()
        + " characters, "
        + err.lines().count()
        + " lines";
  }
}
