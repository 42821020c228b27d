/** What a role may do, only to decide what is shown; the server decides what is allowed. */
import type { Project, ProjectRole } from '../../api';

const RANK: Record<ProjectRole, number> = { viewer: 0, annotator: 1, reviewer: 2, manager: 3 };

function atLeast(project: Project, role: ProjectRole): boolean {
  return RANK[project.role] >= RANK[role];
}

export const canAnnotate = (project: Project): boolean => atLeast(project, 'annotator');
export const canReview = (project: Project): boolean => atLeast(project, 'reviewer');
export const canManage = (project: Project): boolean => atLeast(project, 'manager');
