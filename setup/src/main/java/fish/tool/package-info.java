/**
 * {@code bin/fish}: one file per command, over the Java client. {@link fish.tool.FishTool} lists the commands, {@link
 * fish.tool.ToolContext} is what each is given, {@link fish.tool.Output} is all that is printed, {@link
 * fish.tool.Failures} is what is said when the group does not do it.
 */
@NullMarked
package fish.tool;

import org.jspecify.annotations.NullMarked;
