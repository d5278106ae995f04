/** What a hostile client, registry or file can send, tried by the million against the real code. */
package io.turnwise.app.fuzz;
