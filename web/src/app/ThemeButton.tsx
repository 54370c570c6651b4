// Changing between dark, light and the system's choice.
import { Monitor, Moon, Sun } from "lucide-react";
import { IconButton } from "@/ui/IconButton";
import { Menu } from "@/ui/Menu";
import { setTheme, useTheme } from "./theme";

export function ThemeButton() {
  const theme = useTheme((state) => state.theme);
  return (
    <Menu
      items={[
        { label: "Dark", icon: <Moon />, run: () => setTheme("dark") },
        { label: "Light", icon: <Sun />, run: () => setTheme("light") },
        { label: "As the system", icon: <Monitor />, run: () => setTheme("system") },
      ]}
    >
      <IconButton label="Appearance">
        {theme === "dark" ? <Moon /> : theme === "light" ? <Sun /> : <Monitor />}
      </IconButton>
    </Menu>
  );
}
