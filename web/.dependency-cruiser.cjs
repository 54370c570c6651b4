// Who may import whom: app > features > commands > lib > api, engine; features > ui. See ARCHITECTURE.md.
const only = (name, from, allowed) => ({
  name,
  severity: "error",
  from: { path: from },
  to: { path: "^src/", pathNot: allowed },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    { name: "no-unresolved", severity: "error", from: {}, to: { couldNotResolve: true } },
    { name: "no-barrels", severity: "error", from: {}, to: { path: "^src/.*/index\\.tsx?$" } },
    only("engine-is-pure", "^src/engine/", "^src/engine/"),
    {
      name: "engine-has-no-packages",
      severity: "error",
      from: { path: "^src/engine/", pathNot: "\\.test\\.ts$" },
      to: { path: "node_modules" },
    },
    only("api-knows-no-ui", "^src/api/", "^src/api/"),
    only("lib-below-features", "^src/lib/", "^src/(lib|api|engine)/"),
    only("ui-knows-no-product", "^src/ui/", "^src/(ui|lib/cn)"),
    only("commands-below-features", "^src/commands/", "^src/(commands|lib|api|engine)/"),
    only("features-below-app", "^src/features/", "^src/(features|commands|ui|lib|api|engine)/"),
    {
      name: "features-do-not-know-each-other",
      severity: "error",
      from: { path: "^src/features/([^/]+)/" },
      to: { path: "^src/features/", pathNot: "^src/features/$1/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "default"] },
  },
};
