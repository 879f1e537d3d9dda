"""Projects and domains: listing by filters and tags, opening, closing, the immutable option."""

from reaper.simulator.exchange import ApiAnswer, Record, Request, Route, refuse
from reaper.simulator.identity.lists import filtered, found, listed, shown
from reaper.simulator.state import CloudState, plain

FIELDS = ("id", "name", "domain_id", "description", "enabled", "parent_id", "is_domain", "tags", "options")


def new_project(cloud: CloudState, given: Record) -> Record:
    """Make a project; what Keystone does not know is kept as an extra attribute."""
    domain_id = given.get("domain_id") or "default"
    standard: Record = {
        "id": plain(),
        "domain_id": domain_id,
        "description": "",
        "enabled": True,
        "parent_id": domain_id,
        "is_domain": False,
        "tags": [],
        "options": {},
    }
    project = standard | {key: value for key, value in given.items() if key != "id"} | {"domain_id": domain_id}
    project["parent_id"] = given.get("parent_id") or domain_id
    cloud.identity["projects"][project["id"]] = project
    return project


def _tagged(ask: Request, project: Record) -> bool:
    own = set(project["tags"])
    for key, value in ask.query:
        wanted = set(value.split(","))
        if key == "tags" and not wanted <= own:
            return False
        if key == "tags-any" and not wanted & own:
            return False
        if key == "not-tags" and wanted <= own:
            return False
        if key == "not-tags-any" and wanted & own:
            return False
    return True


def list_projects(ask: Request) -> ApiAnswer:
    """List projects by name, domain, parent, state and tags."""
    keys = ("name", "domain_id", "parent_id", "enabled", "is_domain")
    every = filtered(ask, ask.cloud.identity["projects"].values(), keys)
    return listed(ask, "projects", [project for project in every if _tagged(ask, project)])


def create_project(ask: Request) -> ApiAnswer:
    """Make a project; a second one of that name in the domain is refused."""
    given = ask.wrapped("project")
    domain_id = given.get("domain_id") or "default"
    for other in ask.cloud.identity["projects"].values():
        if (other["name"], other["domain_id"]) == (given.get("name"), domain_id):
            message = (
                "Conflict occurred attempting to store project - it is not permitted to have two projects with either "
                f"the same name or same id in the same domain: name is {given['name']}, project id {plain()}."
            )
            refuse("identity", 409, message)
    return ApiAnswer(201, {"project": shown(ask, "projects", new_project(ask.cloud, given))})


def show_project(ask: Request, project_id: str) -> ApiAnswer:
    """Show a project to an admin or to somebody with a token for it."""
    project = found(ask, "projects", project_id, "project")
    if not ask.admin and ask.project_id != project_id:
        refuse("identity", 403, "You are not authorized to perform the requested action: identity:get_project.")
    return ApiAnswer(200, {"project": shown(ask, "projects", project)})


def _refuse_immutable(project: Record, verb: str, given: Record) -> None:
    only_lifting = set(given) == {"options"} and set(given["options"]) == {"immutable"}
    if project["options"].get("immutable") and not only_lifting:
        message = (
            f"Unable to {verb} immutable project resource: `{project['id']}. "
            'Set resource option "immutable" to false first.'
        )
        refuse("identity", 403, message)


def _children(ask: Request, project_id: str) -> list[Record]:
    return [one for one in ask.cloud.identity["projects"].values() if one["parent_id"] == project_id]


def update_project(ask: Request, project_id: str) -> ApiAnswer:
    """Change a project; closing it ends the tokens that were scoped to it."""
    project = found(ask, "projects", project_id, "project")
    given = ask.wrapped("project")
    _refuse_immutable(project, "update", given)
    if given.get("enabled") is False and any(child["enabled"] for child in _children(ask, project_id)):
        refuse("identity", 403, f"Cannot disable project {project_id} since its subtree contains enabled projects.")
    options = {**project["options"], **given.get("options", {})}
    project.update({key: value for key, value in given.items() if key != "id"})
    project["options"] = {key: value for key, value in options.items() if value is not None}
    if not project["enabled"]:
        forget_tokens(ask.cloud, project_id=project_id)
    extra = {key: value for key, value in project.items() if key not in FIELDS}
    return ApiAnswer(200, {"project": shown(ask, "projects", project) | ({"extra": extra} if extra else {})})


def forget_tokens(cloud: CloudState, *, project_id: str = "", user_id: str = "") -> None:
    """Revoke the tokens of a project or a user."""
    for token in list(cloud.tokens.values()):
        if (project_id and token.project_id == project_id) or (user_id and token.user_id == user_id):
            cloud.tokens.pop(token.id, None)


def delete_project(ask: Request, project_id: str) -> ApiAnswer:
    """Delete a project with its assignments and credentials, and no resource in any service."""
    project = found(ask, "projects", project_id, "project")
    _refuse_immutable(project, "delete", {})
    if _children(ask, project_id):
        message = (
            f"Cannot delete the project {project_id} since it is not a leaf in the hierarchy. "
            "Use the cascade option if you want to delete a whole subtree."
        )
        refuse("identity", 403, message)
    cloud = ask.cloud
    del cloud.identity["projects"][project_id]
    forget_tokens(cloud, project_id=project_id)
    for held in (cloud.assignments, cloud.inherited):
        for assigned in [key for key in held if key[2] == project_id]:
            del held[assigned]
    credentials = cloud.identity["application_credentials"]
    for key in [key for key, one in credentials.items() if one["project_id"] == project_id]:
        del credentials[key]
    return ApiAnswer(204)


def show_tags(ask: Request, project_id: str) -> ApiAnswer:
    """List a project's tags."""
    project = found(ask, "projects", project_id, "project")
    return ApiAnswer(200, {"links": {"self": f"{ask.base}/v3"}, "tags": project["tags"]})


def add_tag(ask: Request, project_id: str, tag: str) -> ApiAnswer:
    """Add one tag."""
    project = found(ask, "projects", project_id, "project")
    project["tags"] = sorted({*project["tags"], tag})
    return ApiAnswer(201)


def remove_tag(ask: Request, project_id: str, tag: str) -> ApiAnswer:
    """Remove one tag."""
    project = found(ask, "projects", project_id, "project")
    if tag not in project["tags"]:
        refuse("identity", 404, f"Could not find project tag: {tag}.")
    project["tags"] = [one for one in project["tags"] if one != tag]
    return ApiAnswer(204)


def list_domains(ask: Request) -> ApiAnswer:
    """List domains."""
    return listed(ask, "domains", filtered(ask, ask.cloud.identity["domains"].values(), ("name", "enabled")))


def show_domain(ask: Request, domain_id: str) -> ApiAnswer:
    """Show a domain."""
    return ApiAnswer(200, {"domain": shown(ask, "domains", found(ask, "domains", domain_id, "domain"))})


def list_regions(ask: Request) -> ApiAnswer:
    """List regions."""
    every = [{"id": name, "description": "", "parent_region_id": None} for name in ask.cloud.regions]
    return listed(ask, "regions", every)


ROUTES = (
    Route("GET", "/v3/projects", list_projects, "admin", "identity:list_projects"),
    Route("POST", "/v3/projects", create_project, "admin", "identity:create_project"),
    Route("GET", "/v3/projects/{}", show_project),
    Route("PATCH", "/v3/projects/{}", update_project, "admin", "identity:update_project"),
    Route("DELETE", "/v3/projects/{}", delete_project, "admin", "identity:delete_project"),
    Route("GET", "/v3/projects/{}/tags", show_tags, "admin", "identity:list_project_tags"),
    Route("PUT", "/v3/projects/{}/tags/{}", add_tag, "admin", "identity:create_project_tag"),
    Route("DELETE", "/v3/projects/{}/tags/{}", remove_tag, "admin", "identity:delete_project_tag"),
    Route("GET", "/v3/domains", list_domains, "admin", "identity:list_domains"),
    Route("GET", "/v3/domains/{}", show_domain, "admin", "identity:get_domain"),
    Route("GET", "/v3/regions", list_regions),
)
